exec docker-entrypoint.sh "$program" /etc/flotilla/redis.conf
