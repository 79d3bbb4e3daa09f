ask() { # user, then further options
  user=$1; shift
  PGPASSWORD=$(cat "$secrets/$user-password") PGOPTIONS='-c client_min_messages=warning' psql -X -q -t -A -v ON_ERROR_STOP=1 -h "$host" -U "$user" "$@"
}

# A checksum does not depend on the order of rows; what belongs to an extension is not dumped.
count_rows() {
  cat <<'END'
SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex';
SELECT format('SELECT %L || count(*) || E''\n#'' || %L || coalesce(sum(hashtextextended(flotilla_row::text, 0)::numeric), 0) FROM ONLY %I.%I AS flotilla_row',
  name || ' ', name || ' ', nspname, relname)
FROM (
  SELECT nspname, relname, format('%I.%I', nspname, relname) AS name
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind = 'r' AND relpersistence <> 't' AND nspname <> 'information_schema' AND nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
) AS tables ORDER BY name \gexec
SELECT 'large-objects ' || count(*) FROM pg_largeobject_metadata HAVING count(*) > 0;
END
}

# The first line of a dump asks for the roles that may own something in it and are missing. Rows are counted in the same snapshot.
dump() {
  mkdir "$scratch"
  ask backup -d "$database" >"$1" <<'END'
SELECT string_agg(format('SELECT %L WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %L)',
  format('CREATE ROLE %I NOLOGIN', rolname), rolname), ' UNION ALL ') FROM pg_roles WHERE rolname !~ '^pg_';
END
  export DUMP="$1" DONE="$scratch/done" PASSWORD_FILE="$secrets/backup-password" HOST="$host" DATABASE="$database"
  {
    cat <<'END'
SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! PGPASSWORD=$(cat "$PASSWORD_FILE") pg_dump -Fc -Z0 -h "$HOST" -U backup --snapshot="$SNAPSHOT" "$DATABASE" >>"$DUMP" && : >"$DONE"
END
    count_rows
  } | ask backup -d "$database"
  [ -f "$DONE" ]
}

start_scratch() {
  mkdir "$scratch" "$scratch/server"
  chmod 755 "$scratch"
  chown postgres "$scratch/server"
  trap stop_scratch EXIT
  as_postgres initdb --pgdata=server/data --username=owner --auth=trust --no-sync >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2; return 1; }
  as_postgres pg_ctl --pgdata=server/data --log=server/log --wait \
    --options="-c listen_addresses='' -c unix_socket_directories=$scratch/server -c fsync=off -c full_page_writes=off -c autovacuum=off" \
    start >/dev/null || { cat "$scratch/server/log" >&2; return 1; }
}

as_postgres() { ( cd "$scratch" && exec su postgres -s /bin/sh -c "PATH='$PATH' exec \"\$@\"" -- sh "$@" ) }

scratch() { psql -X -q -t -A -v ON_ERROR_STOP=1 -h "$scratch/server" -U owner "$@"; }

stop_scratch() { as_postgres pg_ctl --pgdata=server/data --mode=immediate stop >/dev/null 2>&1 || true; }

# Roles without a password, for what they own.
create_roles() { # dump, then how to ask
  dump=$1; shift
  # psql takes what follows a backslash for an order of its own, to run programs too.
  case $(head -n 1 "$dump") in *\\*) fail "The first line of the backup has a backslash, by which it could run programs." ;; esac
  { head -n 1 "$dump"; echo '\gexec'; } | "$@" -d postgres
}

load() { # dump, then options that name the database
  dump=$1; shift
  tail -n +2 "$dump" | pg_restore --exit-on-error --single-transaction "$@"
}

verify() {
  start_scratch
  create_roles "$1" scratch
  scratch -d postgres -c "CREATE DATABASE \"$database\" TEMPLATE template0"
  load "$1" -h "$scratch/server" -U owner -d "$database" >&2
  count_rows | scratch -d "$database"
}

count() { count_rows | ask owner -d "$database"; }

# The dump goes into a database of its own, which takes the place of the other one when it is complete.
restore() {
  recover
  create_roles "$1" ask owner
  ask owner -d postgres -c 'CREATE DATABASE flotilla_restored TEMPLATE template0'
  PGPASSWORD=$(cat "$secrets/owner-password") load "$1" -h "$host" -U owner -d flotilla_restored >&2
  printf '%s\n' "$rights" | ask owner -d flotilla_restored
  count_rows | ask owner -d flotilla_restored
  await 60 take_place || fail "Sessions of others keep the database: it stays as it was."
  recover
}

take_place() {
  ask owner -d postgres -v database="$database" <<'END'
BEGIN;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'database', 'flotilla_restored');
ALTER DATABASE :"database" RENAME TO flotilla_replaced;
ALTER DATABASE flotilla_restored RENAME TO :"database";
COMMIT;
END
}

recover() {
  ask owner -d postgres -c 'DROP DATABASE IF EXISTS flotilla_restored WITH (FORCE)' -c 'DROP DATABASE IF EXISTS flotilla_replaced WITH (FORCE)'
}
