# A sentinel that starts anew finds out who leads by itself.
if [ ! -e /data/sentinel.conf ]; then
  leader=${hosts%% *}
  for host in $hosts; do
    [ "$(timeout 2 redis-cli --no-auth-warning --user health --pass health -h "$host" role 2>/dev/null | head -n 1)" != master ] || leader=$host
  done
  sed "s/LEADER/$leader/" /etc/flotilla/sentinel.conf > /data/sentinel.conf
fi
exec docker-entrypoint.sh "$program" /data/sentinel.conf --sentinel
