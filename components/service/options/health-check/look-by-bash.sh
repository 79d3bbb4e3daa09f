# shellcheck shell=bash
# Asks by what Bash alone has: connections, and a limit on reading. Needs: host, port, path, timeout.
ask_by_bash() {
  exec 3<>"/dev/tcp/$host/$port" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$path" "$host" >&3
  read -r _ status _ <&3
  case $status in 2* | 3*) echo well ;; *) echo "answered ${status:-nothing}" ;; esac
}

look_by_bash() {
  said=
  # As a text, because other shells read this file too, and stumble over the words.
  eval 'read -r -t "$timeout" said < <(ask_by_bash 2>&1)'
  if [ "$said" = well ]; then return 0; fi
  kill "$!" 2>/dev/null
  echo "${said:-no answer within $timeout s}"
  return 1
}
