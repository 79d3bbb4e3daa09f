rule='host replication flotilla_replica all scram-sha-256'
grep -qxF "$rule" "$PGDATA/pg_hba.conf" || printf '\n%s\n' "$rule" >>"$PGDATA/pg_hba.conf"
