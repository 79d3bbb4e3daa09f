# Changes the balancer's configuration by a function `edit`, which finds in `next` what is live.
set -e
cd /etc/flotilla
exec 9>lock
flock 9
generation() { fetch /generation 2>/dev/null | tail -n 1; }
settings() {
  (cd "$1" 2>/dev/null && find . -type f ! -name generation.conf ! -name replicas ! -name marks ! -name deployed -exec cksum {} + | sort)
}
# Workers of before the reload answer too until they are told to stop: only answers in a row prove the new generation.
proven() {
  tries=0 row=0
  while [ $row -lt 3 ]; do
    tries=$((tries + 1))
    [ $tries -le 100 ] || return 1
    if [ "$(generation)" = "$1" ]; then row=$((row + 1)); else row=0; sleep 0.1; fi
  done
}
reload() {
  if [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then
    nginx -c /etc/flotilla/live/nginx.conf -s reload 2>&1 | grep -v notice >&2 || true
  fi
}
rm -rf next
previous=$(readlink live || true)
if [ -n "$previous" ]; then cp -R "$previous" next; else mkdir -p next/members; fi
edit
derive next
if [ -n "$previous" ] && [ "$(settings live)" = "$(settings next)" ] && [ -s /run/nginx.pid ]; then
  # What these say besides changes nothing for Nginx.
  mv next/replicas next/marks live/
  rm -rf next
  echo unchanged
  exit 0
fi
fresh=$(date +%s)-$$
echo "return 200 \"$fresh\";" >next/generation.conf
nginx -t -q -c /etc/flotilla/next/nginx.conf >&2
mv next "$fresh"
ln -sfn "$fresh" live
reload
if ! proven "$fresh"; then
  echo "Nginx did not start to use it within 10 seconds." >&2
  if [ -n "$previous" ]; then ln -sfn "$previous" live; reload; fi
  rm -rf "$fresh"
  exit 1
fi
for folder in *; do
  case "$folder" in live | lock | "$kept_folder" | store | watch | next | "$fresh") ;; *) rm -rf "$folder" ;; esac
done
