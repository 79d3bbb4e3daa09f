# A front is told to end, and the network goes with it: those that share it first close what is open, or their clients would wait in
# vain. They come back in the network that the front has next.
cd /etc/flotilla || exit
echo $(($(date +%s) + 15)) >front-ends
if has_nginx; then kill -TERM "$(cat /run/nginx.pid)"; fi
tries=0
while [ $tries -lt 80 ] && grep -q '^ *[0-9]*: [0-9A-F]*:[0-9A-F]* [0-9A-F]*:[0-9A-F]* 01 ' /proc/net/tcp; do
  tries=$((tries + 1))
  sleep 0.1
done
