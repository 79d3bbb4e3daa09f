# One look of a front, which has the network and the ports of the balancers: it is one itself while no other is there.
cd /etc/flotilla || exit
[ -f live/nginx.conf ] || exit 0
one_leaves() { [ -f leaves ] && [ "$(cat leaves)" -ge "$(date +%s)" ]; }
if has_nginx; then
  if [ ! -f "$ends_file" ] && ! one_leaves && has_open_peer; then
    : >"$ends_file"
    kill -QUIT "$(cat /run/nginx.pid)"
  fi
elif { one_leaves || [ -z "$(peers)" ]; } && ! is_closed; then
  # One that is about to open has the lock.
  exec 9>lock
  flock 9
  ! has_open_peer || one_leaves || exit 0
  echo '[flotilla] no balancer is there: the front is one meanwhile' >&2
  know_own_place "$lone_address" "$metrics_port"
  begin_nginx
  while [ ! -f "$ends_file" ]; do sh live/tend.sh; sleep 0.2; done &
fi
