# Runs beside Nginx for as long as one configuration is live: it has the configuration changed when the watch has written
# down that other replicas are out, when a replica's name leads to another address, or when a push has not ended in its time.
cd /etc/flotilla || exit
here=$(readlink live)
apply() { sh -e live/apply.sh >/dev/null; }
pause=1
serves() { :; }
# Where several share one network, one of them does this, and the others follow.
if grep -q "$own_folder/" live/nginx.conf; then
  pause=0.5
  serves() { [ ! -f "$ends_file" ] && { read -r nginx </run/nginx.pid && kill -0 "$nginx"; } 2>/dev/null; }
  serves || exit 0
  if [ "$(cat "$told_file" 2>/dev/null)" != "$here" ]; then
    echo "$here" >"$told_file"
    kill -HUP "$nginx"
  fi
  exec 8>tending
  until flock -n 8; do
    sleep "$pause"
    { serves && [ live -ef "$here" ]; } || exit 0
  done
  : >"$leads_file"
fi
names=$(cut -d ' ' -f 3 live/replicas)
(
  # The first look is compared with nothing: a replica may have moved since the configuration was made.
  last=''
  while sleep 2 && serves && [ live -ef "$here" ]; do
    now=$(resolve)
    [ "$now" = "$last" ] || ! apply || last=$now
  done
) 8>&- &
are_old() { # keys of tickets
  [ -f live/tickets/now ] && [ "$(date +%s)" -ge $(($(cat tickets/since 2>/dev/null || echo 0) + ticket_seconds)) ]
}
read -r applied <live/marks || applied=''
looks=0
while serves && [ live -ef "$here" ]; do
  if [ -f live/provisional ] && [ "$(date +%s)" -ge "$(cat live/provisional)" ]; then
    echo "[flotilla] an update did not end: puts back what was live before" >&2
    sh -e live/restore.sh >/dev/null || sleep 10
  fi
  marks=''
  if [ -f "$out_file" ]; then read -r marks <"$out_file" || true; fi
  if [ "$marks" != "$applied" ]; then
    if apply; then
      applied=$marks
      read -r marks <live/marks || true
      echo "[flotilla] without requests, because not healthy: ${marks:-none}" >&2
    else sleep 10
    fi
  fi
  if [ -f live/renewed ] && given=$(readlink acme/current) && [ "$given" != "$(cat live/taken 2>/dev/null)" ]; then
    if apply; then echo "[flotilla] shows the certificate that an authority gave" >&2; else sleep 10; fi
  fi
  looks=$((looks + 1))
  if [ $((looks % 20)) = 0 ] && are_old; then apply || sleep 10; fi
  sleep "$pause"
done
rm -f "$leads_file"
