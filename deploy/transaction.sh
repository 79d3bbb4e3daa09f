# Changes the balancer's configuration by a function `edit`, which finds in `next` what `from` names: what is live, what was
# live before a push, or nothing.
set -e
cd /etc/flotilla
exec 9>lock
flock 9
moved=''
give_up() { [ -z "$moved" ] || mv "$1" "$kept_folder"; rm -rf "$1"; }
trap '[ $? = 0 ] || { has_room || true; rm -rf kept.new; [ ! -d next ] || give_up next; }' EXIT
settings() {
  (cd "$1" 2>/dev/null && find . -type f ! -name generation.conf ! -name replicas ! -name marks ! -name deployed ! -name provisional ! -name serial -exec cksum {} + | sort)
}
# Workers of before the reload answer too until they are told to stop: only answers in a row prove the new generation.
proven() {
  tries=0 row=0
  while [ $row -lt 3 ]; do
    tries=$((tries + 1))
    [ $tries -le 100 ] || return 1
    if all_use "$1"; then row=$((row + 1)); else row=0; sleep 0.1; fi
  done
}
# Whether there is an Nginx in this network, and each one uses a generation.
all_use() { # generation
  found=''
  for asked in $(peers); do
    found=$(generation)
    [ "$found" = "$1" ] || break
  done
  asked=''
  [ "$found" = "$1" ]
}
reload() {
  if [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then
    nginx -c /etc/flotilla/live/nginx.conf -s reload 2>&1 | grep -v notice >&2 || true
  fi
}
# At no moment there is no link: a container that is started again would not find its configuration.
link_live() { # folder
  # Those that share the network see by themselves that it is another.
  echo "$1" >"$told_file"
  ln -sfn "$1" live.new
  mv -T live.new live 2>/dev/null || { rm -f live.new; ln -sfn "$1" live; }
}
unchanged() { echo unchanged; exit 0; }
take_serial() { [ ! -f "$1/serial" ] || cp "$1/serial" live/serial; }
forget_kept() { [ "$from" != "$kept_folder" ] || rm -rf "$kept_folder"; }
# A power cut takes what is in memory alone, and what is live would have no text.
to_disk() { find "$1" -type f -exec sync {} + 2>/dev/null || sync; }
rm -rf next
previous=$(readlink live || true)
# As one thing: a copy that was cut off is none. What is live for a push alone is not to be put back.
if [ -n "$keeps" ] && ! { [ -f live/provisional ] && [ -d "$kept_folder" ]; }; then
  rm -rf "$kept_folder" kept.new
  cp -R "$previous" kept.new
  mv kept.new "$kept_folder"
fi
if [ "$from" = "$kept_folder" ]; then
  # It was put back already.
  [ -d "$kept_folder" ] || { rm -f live/provisional; unchanged; }
  if [ "$(settings live)" = "$(settings "$kept_folder")" ]; then take_serial "$kept_folder"; forget_kept; rm -f live/provisional; unchanged; fi
  # Where there is no room for a copy, and for what is derived from it, the folder itself will do: it was in use as it is.
  if ! cp -R "$kept_folder" next || ! has_room; then
    rm -rf next
    mv "$kept_folder" next
    moved=yes
  fi
elif [ -n "$previous" ] && [ "$from" = live ]; then cp -R "$previous" next
fi
mkdir -p next/members
edit
[ -n "$moved" ] || derive next
if [ -n "$previous" ] && [ "$(settings live)" = "$(settings next)" ] && [ -s /run/nginx.pid ]; then
  # What these say besides changes nothing for Nginx.
  mv next/replicas next/marks live/
  [ -f next/provisional ] || rm -f live/provisional
  take_serial next
  rm -rf next
  unchanged
fi
fresh=$(date +%s)-$$
echo "return 200 \"$fresh\";" >next/generation.conf
nginx -t -q -c /etc/flotilla/next/nginx.conf >&2
mv next "$fresh"
to_disk "$fresh"
link_live "$fresh"
reload
if ! proven "$fresh"; then
  echo "Nginx did not start to use it within 10 seconds." >&2
  if [ -n "$previous" ]; then link_live "$previous"; reload; fi
  give_up "$fresh"
  exit 1
fi
forget_kept
for folder in *; do
  case "$folder" in live | lock | "$kept_folder" | store | watch | acme | next | tending | leaves | front-ends | "$fresh") ;; *) rm -rf "$folder" ;; esac
done
