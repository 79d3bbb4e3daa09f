# Starts this container's Nginx beside those that are there. So that none of its answers is worse than theirs, its ports are open
# only when it has found every pool; no settings change meanwhile.
has_nginx() { [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; }
is_closed() { grep -q "^ *listen unix:$closed_socket" live/nginx.conf; }
use() { # folder
  ln -sfn "$1" "$own_folder/nginx.new"
  mv -T "$own_folder/nginx.new" "$own_folder/nginx" 2>/dev/null || { rm -f "$own_folder/nginx.new"; ln -sfn "$1" "$own_folder/nginx"; }
}
close_settings() {
  rm -rf "$own_folder/closed"
  cp -Rp live/. "$own_folder/closed"
  sed -i "s,listen \([0-9][0-9]*\)\([ ;]\),listen unix:$closed_socket\1.sock\2,; s/\(listen unix:.*\) reuseport/\1/" "$own_folder/closed/nginx.conf"
  echo 'return 200 "closed";' >"$own_folder/closed/generation.conf"
}
await_generation() { # generation
  tries=0
  until [ "$(generation)" = "$1" ]; do
    tries=$((tries + 1))
    kill -0 "$nginx" 2>/dev/null && [ $tries -le 100 ] || return 1
    sleep 0.1
  done
}
begin_nginx() {
  mkdir -p "$cache_folder" "$watch_folder"
  chmod 777 "$watch_folder"
  for log in $logs; do : >"$log"; chmod 666 "$log"; done
  rm -f /run/nginx.pid "$closed_socket"*.sock "$ends_file"
  exec 9>lock
  tries=0
  # Who gives a first configuration has the lock, and waits for this.
  until is_closed || flock -n 9 || [ $tries -gt 30 ]; do tries=$((tries + 1)); sleep 0.1; done
  here=$(readlink live)
  echo "$here" >"$told_file"
  opens=''
  use /etc/flotilla/live
  if ! is_closed; then
    close_settings
    use "$own_folder/closed"
    opens=yes
  fi
  nginx -c "$own_folder/nginx/nginx.conf" -g 'daemon off;' 9>&- &
  nginx=$!
  if [ -n "$opens" ] && await_generation closed; then
    tries=0
    # Where others are open, nobody needs this one at once.
    until [ -z "$(sh "live/$silent_file")" ] || [ $tries -gt 60 ]; do
      [ $tries -lt 5 ] || has_open_peer || break
      tries=$((tries + 1))
      sleep 0.2
    done
    use /etc/flotilla/live
    kill -HUP "$nginx"
    await_generation "$here" || true
    rm -rf "$own_folder/closed"
  fi
  exec 9>&-
}
