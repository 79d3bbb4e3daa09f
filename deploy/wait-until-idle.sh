# Waits until no request can be under way on a peer; prints the seconds that it took and the connections that are left.
started=$(date +%s)
while :; do
  quitting=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\000' '\n' | grep -c 'worker process is shutting down' || true)
  open=$(grep -c ": [0-9A-F:]* $peer 01 " /proc/net/tcp || true)
  elapsed=$(($(date +%s) - started))
  [ "$elapsed" -ge "$drain_seconds" ] && break
  # A worker that still serves somebody else's stream matters only as long as idle clients may ask it again.
  if [ "$open" = 0 ]; then
    [ "$quitting" = 0 ] && break
    [ "$elapsed" -gt "$idle_seconds" ] && break
  fi
  sleep 0.25
done
echo "$elapsed $open"
