# Is a balancer of a swarm from its first settings on, until it is told to end.
cd /etc/flotilla || exit
# First, whoever asks how it is goes elsewhere.
leave() {
  trap '' TERM QUIT
  : >"$told_to_end"
  sleep "$lame_seconds"
  kill -QUIT "$nginx" 2>/dev/null
}
trap leave TERM QUIT
rm -f "$told_to_end"
begin_nginx
: >/run/flotilla-line/is-balancer
while sleep 1; do sh live/tend.sh; done &
while kill -0 "$nginx" 2>/dev/null; do wait "$nginx"; code=$?; done
exit "${code:-1}"
