# Asks each replica by its address; tells also for how long one says that it keeps an idle connection.
ask_once() {
  for peer in $missing; do
    said=$(fetch "/ask-$protocol" "X-Peer: $peer" "X-Path: $path" "X-Host: 127.0.0.1:$port" 2>/dev/null | tr -d '\000' || true)
    answer=$(printf '%s\n' "$said" | tell '[Aa]nswer')
    kept=$(printf '%s\n' "$said" | tell '[Kk]eep-[Aa]live')
    [ -n "$answer" ] || { echo "$cannot_ask"; exit 0; }
    [ -z "$kept" ] || echo "$peer keeps $kept"
    heard "$peer" "$answer"
  done
}
