# Fetches a path of a balancer's control port, with further headers, by whichever client its image has: of the one at the address
# `asked`, or of its own; as often as `times` says, over one connection where the client can.
own=$lone_address
[ ! -f "$own_address" ] || read -r own <"$own_address"
fetch() {
  url=http://${asked:-$own}:$control_port$1
  shift
  urls='' time=${times:-1}
  while [ "$time" -gt 0 ]; do urls="$urls $url" time=$((time - 1)); done
  # shellcheck disable=SC2086 # one word for each time
  if command -v curl >/dev/null; then
    for header; do set -- "$@" -H "$header"; shift; done
    curl -sS -m "${patience:-4}" -i "$@" $urls
  else
    for header; do set -- "$@" --header "$header"; shift; done
    wget -q -S -O - -T "${patience:-4}" "$@" $urls 2>&1
  fi
}
generation() { fetch /generation 2>/dev/null | tail -n 1; }
