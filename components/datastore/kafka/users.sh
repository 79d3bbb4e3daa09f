# Makes the users as they are declared. Each password has a user of its own, so that the one before works until all replicas
# have the new one.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

change() { ask "$@" >&2; }

rights() { # --add or --remove, principal, options
  change_rights=$1 principal=$2
  shift 2
  change acls "$change_rights" "$@" --allow-principal "$principal" --operation Read --operation Describe --topic '*' --group '*'
  change acls "$change_rights" "$@" --allow-principal "$principal" --operation Write --operation Describe --topic '*' --transactional-id '*'
}

# The exporter's user sees what there is, and no message.
sight() { # --add or --remove, options
  change acls "$@" --allow-principal User:monitoring --operation Describe --cluster --topic '*' --group '*'
}

set_password() { # user, password
  printf '%s\n' "SCRAM-SHA-512=iterations=8192,password=$2" >"$work/password"
  change configs --alter --entity-type users --entity-name "$1" --add-config-file "$work/password"
}

remove_password() { # user
  change configs --alter --entity-type users --entity-name "$1" --delete-config SCRAM-SHA-512
}

is_known() { # user
  grep -q "'$1'" "$work/users"
}

ask configs --describe --entity-type users >"$work/users"
# A user that is known has its rights already.
if ! is_known "app_v$version"; then
  rights --add "User:app_v$version"
fi
set_password "app_v$version" "$password"
sed -n "s/.*user-principal '\(app_v[0-9]*\)'.*/\1/p" "$work/users" >"$work/applications"
while read -r user; do
  case $user in "app_v$version" | "app_v$((version - 1))") continue ;; esac
  rights --remove "User:$user" --force
  remove_password "$user"
done <"$work/applications"
if [ -n "$observer_password" ]; then
  if ! is_known monitoring; then sight --add; fi
  set_password monitoring "$observer_password"
elif is_known monitoring; then
  sight --remove --force
  remove_password monitoring
fi
