# Prints the addresses of what `names` has, as far as Docker's DNS knows them.
resolve() {
  # shellcheck disable=SC2086 # One word for each name.
  [ -z "$names" ] || RES_OPTIONS='timeout:1 attempts:1' timeout 4 getent hosts $names || true
}
