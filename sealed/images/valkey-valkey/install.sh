# The official image's user and folder, and the names that its programs have for those who come from Redis.
taken=$(getent group 999 | cut -d: -f1)
if [ -n "$taken" ] && [ "$taken" != valkey ]; then groupmod --gid 899 "$taken"; fi
usermod --uid 999 valkey
groupmod --gid 999 valkey
for name in server cli benchmark check-aof check-rdb sentinel; do
  if [ -e "/usr/bin/valkey-$name" ]; then ln -sf "/usr/bin/valkey-$name" "/usr/local/bin/redis-$name"; fi
done
mkdir -p /data
chown valkey:valkey /data
rm -rf /etc/valkey /var/lib/valkey /var/log/valkey
