# The official image's user and folder.
name=redis
if [ -e /usr/bin/valkey-server ]; then name=valkey; fi
usermod --uid 999 "$name" 2>/dev/null
taken=$(getent group 999 | cut -d: -f1)
if [ -n "$taken" ] && [ "$taken" != "$name" ]; then groupmod --gid 899 "$taken"; fi
groupmod --gid 999 "$name"
# Valkey's programs have names for those who come from Redis too.
for program in server cli benchmark check-aof check-rdb sentinel; do
  if [ -e "/usr/bin/valkey-$program" ]; then ln -sf "/usr/bin/valkey-$program" "/usr/local/bin/redis-$program"; fi
done
mkdir -p /data
chown "$name:$name" /data
rm -rf "/etc/$name" "/var/lib/$name" "/var/log/$name"
