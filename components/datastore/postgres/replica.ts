import { lockOut, makeRole, renderStatements, setPassword } from "./statements";
import { derivePassword, nameServer, type ServerRecipe, type StoreSecrets, titleServer } from "../recipe";

const scriptFile = "/etc/flotilla/replica.sh";
const passwordFile = "/etc/flotilla/replica-password";
const user = "flotilla_replica";
const slot = "flotilla_replica";
/** The most that the first server keeps for a replica that is away; one that is away for longer copies anew. */
const keptMiB = 2048;

/** A second server that follows the first one, and answers what only reads. */
export function resolveReplica(name: string, database: string, maxConnections: number): ServerRecipe {
  return {
    title: titleServer(2),
    aliases: [nameServer(name, 2)],
    entrypoint: ["sh", scriptFile],
    command: ["run"],
    health: `sh ${scriptFile} health`,
    files: (secrets) => ({
      [scriptFile]: renderScript(nameServer(name, 1), database, maxConnections),
      // What libpq reads, as soon as nobody else may.
      [passwordFile]: `*:*:*:${user}:${derivePassword(secrets, user)}\n`,
    }),
  };
}

/** Shell script that lets the first server be followed, without a restart. */
export function renderReplicaUser(database: string, secrets: StoreSecrets): string {
  const statements = [
    "SET client_min_messages = warning;",
    makeRole(user, "LOGIN REPLICATION"),
    setPassword(user, derivePassword(secrets, user), secrets),
    `ALTER SYSTEM SET max_slot_wal_keep_size = '${keptMiB}MB';`,
  ];
  return `rule='host replication ${user} all scram-sha-256'
grep -qxF "$rule" "$PGDATA/pg_hba.conf" || printf '\\n%s\\n' "$rule" >>"$PGDATA/pg_hba.conf"
${renderStatements(database, [...statements, "SELECT pg_reload_conf();"])}`;
}

/** Statements after which the first server keeps nothing for a replica that there is no longer. */
export function forgetReplica(): string[] {
  const held = `FROM pg_replication_slots WHERE slot_name = '${slot}'`;
  return [
    lockOut(user),
    `SELECT pg_terminate_backend(active_pid, 5000) ${held} AND active;`,
    `SELECT pg_drop_replication_slot(slot_name) ${held} AND NOT active;`,
  ];
}

/**
 * Copies the first server's data unless it has them, and follows it. Run as the health check, it ends a server whose data
 * are no longer those of the first one, such as after a restore, so that it is started anew and copies them.
 */
function renderScript(primary: string, database: string, maxConnections: number): string {
  return `set -eu
export LC_ALL=C
passfile=/etc/flotilla/replica.pgpass
primary="host=${primary} port=5432 user=${user} passfile=$passfile connect_timeout=3"

ask() { psql -qtAX "$primary replication=true" -c "$1"; }
# What the first server is, and what it keeps for this one.
ask_primary() { ask IDENTIFY_SYSTEM && ask 'READ_REPLICATION_SLOT ${slot}'; }
control() { pg_controldata "$PGDATA" | sed -n "s/^$1: *//p"; }
number() { echo $(((0x\${1%/*} << 32) + 0x\${1#*/})); }

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
  echo "Copying the data of ${primary}."
  rm -rf "$PGDATA" "$PGDATA.copy"
  mkdir -p "$(dirname "$PGDATA")"
  ask 'DROP_REPLICATION_SLOT ${slot} WAIT' >/dev/null 2>&1 || true
  ask 'CREATE_REPLICATION_SLOT ${slot} PHYSICAL RESERVE_WAL' >/dev/null
  pg_basebackup -d "$primary" -D "$PGDATA.copy" --wal-method=stream --slot=${slot} --checkpoint=fast
  touch "$PGDATA.copy/standby.signal"
  mv "$PGDATA.copy" "$PGDATA"
}

health() {
  psql -qtAX -U owner -d ${database} -c "SELECT 'streams' FROM pg_stat_wal_receiver WHERE status = 'streaming'" |
    grep -q streams && exit 0
  answers=$(ask_primary)
  # While it copies there are no data.
  if has_data && ! follows "$answers"; then kill -INT 1; fi
  exit 1
}

run() {
  trap 'exit 143' INT TERM
  install -o postgres -m 600 ${passwordFile} $passfile
  tries=0
  until answers=$(ask_primary); do
    tries=$((tries + 1))
    # What was true before is better than no answer.
    if [ $tries -ge 30 ] && has_data; then break; fi
    sleep 1
  done
  if [ -n "$answers" ] && ! follows "$answers"; then copy; fi
  # Fewer connections than the first server had are refused until its change has arrived.
  connections=$(control 'max_connections setting')
  if [ "$connections" -lt ${maxConnections} ]; then connections=${maxConnections}; fi
  exec docker-entrypoint.sh postgres -c "max_connections=$connections" -c password_encryption=scram-sha-256 \\
    -c "primary_conninfo=$primary application_name=${user} options='-c wal_sender_timeout=15s'" \\
    -c primary_slot_name=${slot} -c wal_retrieve_retry_interval=1s
}

"$1"
`;
}
