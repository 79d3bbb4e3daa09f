# The official image's user, folders and language.
usermod --uid 999 postgres
taken=$(getent group 999 | cut -d: -f1)
if [ -n "$taken" ] && [ "$taken" != postgres ]; then groupmod --gid 899 "$taken"; fi
groupmod --gid 999 postgres
usermod --home /var/lib/postgresql --shell /bin/bash postgres
localedef -i en_US -c -f UTF-8 -A /usr/share/locale/locale.alias en_US.UTF-8 ||
  localedef -i en_US -c -f UTF-8 en_US.UTF-8
rm -rf /var/lib/postgresql /etc/postgresql /var/log/postgresql /usr/share/i18n
mkdir -p /var/lib/postgresql /docker-entrypoint-initdb.d
install -d -o postgres -g postgres -m 3777 /var/run/postgresql
chown postgres:postgres /var/lib/postgresql
chgrp postgres /etc/ssl/private 2>/dev/null || true
sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" /usr/share/postgresql/18/postgresql.conf.sample
