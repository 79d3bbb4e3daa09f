# Finds and fetches the newest settings that the other balancers or the keeper have, by the line.
ask_line() { # address, path, further arguments
  at=$1 path=$2
  shift 2
  curl -fsS -m 5 --cacert "$line_secret" --resolve "flotilla.line:$line_port:$at" -H "X-Line: $token" "$@" "https://flotilla.line:$line_port$path" 2>/dev/null
}
addresses() { # names
  for name; do getent ahostsv4 "$name"; done | awk '!seen[$1]++ { print $1 }'
}
# Prints the address that has the newest, and its serial number, where that is newer than a number.
find_newest() { # number, names
  newest=$1 has=''
  shift
  for address in $(addresses "$@"); do
    # A push may be quicker.
    [ "$newest" != 0 ] || [ ! -e live ] || break
    serial=$(ask_line "$address" /serial) || continue
    case "$serial" in '' | *[!0-9]*) continue ;; esac
    if [ "$serial" -gt "$newest" ]; then newest=$serial has=$address; fi
  done
  [ -n "$has" ] && echo "$has"
}
fetch_settings() { # address, folder
  rm -rf "$2"
  mkdir -p "$2"
  ask_line "$1" /settings | tar -C "$2" -xf - 2>/dev/null && [ -s "$2/nginx.conf" ]
}
