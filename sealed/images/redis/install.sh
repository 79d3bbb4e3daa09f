# The official image's user and folder.
usermod --uid 999 redis 2>/dev/null
taken=$(getent group 999 | cut -d: -f1)
if [ -n "$taken" ] && [ "$taken" != redis ]; then groupmod --gid 899 "$taken"; fi
groupmod --gid 999 redis
mkdir -p /data
chown redis:redis /data
rm -rf /etc/redis /var/lib/redis /var/log/redis
