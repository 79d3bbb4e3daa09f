# Asks one replica through the balancer. Those that are excused, each with its name and address in one line, need not answer
# while they are out.
ask_once() {
  answer=$(ask "/probe/$upstream")
  heard "${answer%%;*}" "$answer"
  while read -r replica peer; do
    if [ -n "$peer" ] && is_out "/etc/flotilla/live/members/$upstream.conf" "$replica"; then arrived "$peer"; fi
  done <<EXCUSED
$excused
EXCUSED
}
