# Has Nginx check what a function `write_all` writes.
set -e
mkdir -p /tmp/flotilla /var/cache/nginx
cd /tmp/flotilla
write_all
nginx -t -q -c /tmp/flotilla/nginx.conf
