# Is one of several balancers of a front until it is told to end; then it goes on for as long as it has requests.
cd /etc/flotilla || exit
choose_address() {
  taken=" $(peers | tr '\n' ' ')"
  while :; do
    address=127.0.0.$(($(od -A n -N 1 -t u1 /dev/urandom) % 250 + 2))
    case "$taken" in *" $address "*) ;; *) break ;; esac
  done
  echo "$address"
}
know_own_place "$(choose_address)" "$1"
# Where no other is there, the front is asked to be one before this one listens no more.
leave() {
  trap '' QUIT TERM
  : >"$ends_file"
  echo $(($(date +%s) + 10)) >leaves
  tries=0
  until has_open_peer || [ $tries -gt 30 ]; do tries=$((tries + 1)); sleep 0.1; done
  rm -f leaves
  kill -QUIT "$nginx" 2>/dev/null
}
until [ -f live/nginx.conf ] && nginx -t -q -c /etc/flotilla/live/nginx.conf 2>/dev/null; do sleep 0.1; done
trap leave QUIT TERM
begin_nginx
while sleep 0.2; do sh live/tend.sh; done &
# The network goes with the front. The engine starts this one again, in the front's new one.
has_network() { grep -q '^ *eth' /proc/net/dev; }
front_ends() { [ -f front-ends ] && [ "$(cat front-ends)" -ge "$(date +%s)" ]; }
while sleep 0.5; do
  if front_ends; then kill -TERM "$nginx"; elif ! has_network; then kill -9 "$nginx"; fi
done &
while kill -0 "$nginx" 2>/dev/null; do wait "$nginx"; code=$?; done
while front_ends && has_network; do sleep 0.2; done
# In the time of the front's return: without it this one cannot be started.
has_network || sleep 3
exit "${code:-1}"
