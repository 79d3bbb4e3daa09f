# A balancer of a swarm: it has no settings of its own. It begins with the newest that others have, and takes newer ones that the
# keeper has, as after its node was cut off while an update ran. What it does besides is in the settings.
mkdir -p "$config"
cd "$config" || exit
leave() { exit 0; }
trap leave TERM QUIT
begin_with() { # address
  fetch_settings "$1" taken || return 1
  is=$(sed -n 's/^return 200 "\(.*\)";$/\1/p' taken/generation.conf)
  [ -n "$is" ] || return 1
  exec 9>lock
  flock 9
  if [ ! -e live ]; then
    rm -rf "$is"
    mv taken "$is"
    ln -sfn "$is" live
  fi
  exec 9>&-
}
while [ ! -e live ]; do
  if from=$(find_newest 0 "$peers_name" "$keeper_name"); then begin_with "$from"; fi
  sleep 0.3
done &
# A push may be first, and waits for this.
until [ -f live/begin.sh ]; do sleep 0.1 & wait $!; done
while sleep 3; do
  if from=$(find_newest "$(cat live/serial 2>/dev/null || echo 0)" "$keeper_name") && fetch_settings "$from" taken; then
    sh taken/take.sh >/dev/null || { echo '[flotilla] does not take the settings that the keeper has' >&2; sleep 10; }
  fi
done &
. "$config/live/begin.sh"
