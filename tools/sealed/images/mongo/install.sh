# The official image's user and folders.
taken=$(getent passwd 999 | cut -d: -f1)
if [ -n "$taken" ]; then usermod --uid 899 "$taken"; fi
taken=$(getent group 999 | cut -d: -f1)
if [ -n "$taken" ]; then groupmod --gid 899 "$taken"; fi
groupadd --gid 999 --system mongodb
useradd --uid 999 --system --gid mongodb --home-dir /data/db mongodb
mkdir -p /data/db /data/configdb /docker-entrypoint-initdb.d
chown mongodb:mongodb /data/db /data/configdb
# The official shell brings its own Node, which is no command.
mv /usr/bin/node /usr/lib/mongosh/node
rm -f /usr/bin/nodejs /usr/bin/js
mongosh --version
/usr/lib/ferretdb/ferretdb --version
mongodump --version
