# Copies the first server's data unless it has them, and follows it. Run as the health check, it ends a server whose data are no
# longer those of the first one, such as after a restore, so that it is started anew and copies them.
set -eu
export LC_ALL=C
passfile=/etc/flotilla/replica.pgpass
primary="host=$primary_host port=5432 user=flotilla_replica passfile=$passfile connect_timeout=3"

ask() { psql -qtAX "$primary replication=true" -c "$1"; }
# What the first server is, and what it keeps for this one.
ask_primary() { ask IDENTIFY_SYSTEM && ask 'READ_REPLICATION_SLOT flotilla_replica'; }
control() { pg_controldata "$PGDATA" | sed -n "s/^$1: *//p"; }
number() { echo $(((0x${1%/*} << 32) + 0x${1#*/})); }

has_data() { [ -s "$PGDATA/PG_VERSION" ] && [ -e "$PGDATA/standby.signal" ]; }

# Whether the data here come from what the first server has now, and it still has what they lack.
follows() { # answers of the first server
  {
    IFS='|' read -r system timeline position rest
    IFS='|' read -r kind start rest
  } <<END
$1
END
  has_data && [ "$(control 'Database system identifier')" = "$system" ] &&
    [ "$(control "Latest checkpoint's TimeLineID")" = "$timeline" ] &&
    [ "$(number "$(control 'Minimum recovery ending location')")" -le "$(number "$position")" ] &&
    [ "$kind" = physical ] && [ -n "$start" ]
}

copy() {
  echo "Copying the data of $primary_host."
  rm -rf "$PGDATA" "$PGDATA.copy"
  mkdir -p "$(dirname "$PGDATA")"
  ask 'DROP_REPLICATION_SLOT flotilla_replica WAIT' >/dev/null 2>&1 || true
  ask 'CREATE_REPLICATION_SLOT flotilla_replica PHYSICAL RESERVE_WAL' >/dev/null
  pg_basebackup -d "$primary" -D "$PGDATA.copy" --wal-method=stream --slot=flotilla_replica --checkpoint=fast
  touch "$PGDATA.copy/standby.signal"
  mv "$PGDATA.copy" "$PGDATA"
}

health() {
  psql -qtAX -U owner -d "$database" -c "SELECT 'streams' FROM pg_stat_wal_receiver WHERE status = 'streaming'" |
    grep -q streams && exit 0
  answers=$(ask_primary)
  # While it copies there are no data.
  if has_data && ! follows "$answers"; then kill -INT 1; fi
  exit 1
}

run() {
  trap 'exit 143' INT TERM
  install -o postgres -m 600 /etc/flotilla/replica-password "$passfile"
  tries=0
  until answers=$(ask_primary); do
    tries=$((tries + 1))
    # What was true before is better than no answer.
    if [ "$tries" -ge 30 ] && has_data; then break; fi
    sleep 1
  done
  if [ -n "$answers" ] && ! follows "$answers"; then copy; fi
  # Fewer connections than the first server had are refused until its change has arrived.
  connections=$(control 'max_connections setting')
  if [ "$connections" -lt "$max_connections" ]; then connections=$max_connections; fi
  exec docker-entrypoint.sh postgres -c "max_connections=$connections" -c password_encryption=scram-sha-256 \
    -c "primary_conninfo=$primary application_name=flotilla_replica options='-c wal_sender_timeout=15s'" \
    -c primary_slot_name=flotilla_replica -c wal_retrieve_retry_interval=1s
}

"$1"
