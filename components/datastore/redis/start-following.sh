# Starts a server as the sentinels say, or else as it ended: one that comes back must not believe that it still leads.
if [ -e /data/redis.conf ]; then leader=$(sed -n 's/^replicaof \([^ ]*\) .*/\1/p' /data/redis.conf | tail -n 1); else leader=$follows; fi
said=$(for sentinel in $sentinels; do
  timeout 2 redis-cli --no-auth-warning -p 26379 --user health --pass health -h "$sentinel" sentinel get-master-addr-by-name "$name" 2>/dev/null | head -n 1
done | grep -xE "$name-[12]" | sort | uniq -d || true)
case $said in
  "") ;;
  "$host") leader= ;;
  *) leader=$said ;;
esac
{ echo "include /etc/flotilla/failover.conf"; [ -z "$leader" ] || echo "replicaof $leader 6379"; } > /data/redis.conf
exec docker-entrypoint.sh "$program" /data/redis.conf
