# Asks through the balancer, as often as `times` says. Those that are excused, each with its name and address in one line, need not answer
# while they are out.
ask_once() {
  before=$missing
  answers=$(ask "/probe/$upstream")
  while read -r answer; do heard "${answer%%;*}" "$answer"; done <<ANSWERS
$answers
ANSWERS
  [ "$missing" != "$before" ] || sleep 0.05
  while read -r replica peer; do
    if [ -n "$peer" ] && is_out "/etc/flotilla/live/members/$upstream.conf" "$replica"; then arrived "$peer"; fi
  done <<EXCUSED
$excused
EXCUSED
}
