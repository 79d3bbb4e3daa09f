# The official image's user and folders.
usermod --uid 99 --home /var/lib/haproxy haproxy
groupmod --gid 99 haproxy
mkdir -p /usr/local/etc/haproxy /var/lib/haproxy
ln -s /usr/sbin/haproxy /usr/local/sbin/haproxy
rm -rf /etc/haproxy
