# Fetches a path of the balancer's control port, with further headers, by whichever client its image has.
fetch() {
  url=http://127.0.0.1:$control_port$1
  shift
  if command -v curl >/dev/null; then
    for header; do set -- "$@" -H "$header"; shift; done
    curl -sS -m "${patience:-4}" -i "$@" "$url"
  else
    for header; do set -- "$@" --header "$header"; shift; done
    wget -q -S -O - -T "${patience:-4}" "$@" "$url" 2>&1
  fi
}
