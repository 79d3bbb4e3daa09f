import { composeShell } from "../../../engine/shell";
import { lockOut, makeRole, renderStatements, setPassword } from "./statements";
import { derivePassword, nameServer, type ServerRecipe, type StoreSecrets, titleServer } from "../recipe";
import { allowReplicaSh, replicaSh } from "./texts";

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
      [scriptFile]: composeShell(
        { primary_host: nameServer(name, 1), database, max_connections: maxConnections },
        replicaSh,
      ),
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
  return allowReplicaSh + renderStatements(database, [...statements, "SELECT pg_reload_conf();"]);
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
