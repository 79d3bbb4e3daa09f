write() { # file, text
  mkdir -p "$(dirname "$1")"
  printf %s "$2" >"$1"
}
