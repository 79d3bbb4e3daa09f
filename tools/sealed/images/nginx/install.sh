# The official image's user and folders.
rm -f /etc/nginx/sites-enabled/* /etc/nginx/modules-enabled/*
groupadd --gid 101 nginx 2>/dev/null || groupmod --gid 101 nginx
useradd --uid 101 --gid 101 --home-dir /nonexistent --no-create-home --shell /bin/false --comment "nginx user" nginx
ln -sfn /usr/lib/nginx/modules /etc/nginx/modules
mkdir -p /var/cache/nginx /usr/share/nginx/html /var/lib/nginx
chown -R nginx:nginx /var/lib/nginx
chown nginx:root /var/cache/nginx
ln -sf /dev/stdout /var/log/nginx/access.log
ln -sf /dev/stderr /var/log/nginx/error.log
nginx -t
rm -f /run/nginx.pid
