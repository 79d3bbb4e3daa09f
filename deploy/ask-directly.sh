# Asks each replica by its address.
ask_once() {
  for peer in $peers; do
    answer=$(ask "/ask-$protocol" "X-Peer: $peer" "X-Path: $path" "X-Host: 127.0.0.1:$port")
    [ -n "$answer" ] || { echo "$cannot_ask"; exit 0; }
    heard "$peer" "$answer"
  done
}
