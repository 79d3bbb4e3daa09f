import { PostgresPoolMode } from "./args";
import type { PoolingSettings } from "./schema";
import { derivePassword, nameServer, type ServerRecipe, type StoreSecrets } from "../recipe";

const settingsFile = "/etc/flotilla/pgbouncer.ini";
const usersFile = "/etc/flotilla/pgbouncer-users.txt";
/** User of the pooler, who may look up what the server keeps of the application's passwords. */
export const poolerUser = "flotilla_pooler";
/** No database of a datastore has this name, because of its hyphen. */
const lookUps = "flotilla-logins";
const lookUpConnections = 3;

/** Password of the pooler's user. */
export function poolerPassword(secrets: StoreSecrets): string {
  return derivePassword(secrets, poolerUser);
}

/** PgBouncer, which takes the datastore's name and asks the first server. */
export function resolvePooler(
  name: string,
  database: string,
  { mode, maxClients, size, image }: PoolingSettings,
): ServerRecipe {
  const server = `host=${nameServer(name, 1)} port=5432 dbname=${database}`;
  const settings = [
    "[databases]",
    `${database} = ${server} pool_size=${size}`,
    // Logins are looked up, and health is asked, also while all connections of the application are taken.
    `${lookUps} = ${server} pool_size=${lookUpConnections} pool_mode=transaction`,
    "[pgbouncer]",
    "listen_addr = 0.0.0.0",
    "listen_port = 5432",
    "unix_socket_dir =",
    "auth_type = scram-sha-256",
    `auth_file = ${usersFile}`,
    `auth_user = ${poolerUser}`,
    `auth_dbname = ${lookUps}`,
    "auth_query = SELECT name, secret FROM flotilla.find_login($1)",
    `pool_mode = ${mode}`,
    `max_client_conn = ${maxClients}`,
    "max_prepared_statements = 200",
    // JDBC sets it, and the server's default is no worse.
    "ignore_startup_parameters = extra_float_digits",
    // A server that is replaced has another address, and is asked again at once.
    "server_login_retry = 1",
    "dns_max_ttl = 1",
    "dns_nxdomain_ttl = 1",
    "log_connections = 0",
    "log_disconnections = 0",
    "",
  ].join("\n");
  return {
    title: "pooler",
    needsNoRoot: true,
    aliases: [name, `${name}-pooler`],
    image,
    entrypoint: ["pgbouncer"],
    command: [settingsFile],
    health: `PGCONNECT_TIMEOUT=4 PGPASSWORD="$(sed 's/.*" "\\(.*\\)"$/\\1/' ${usersFile})" psql -qtAX -h 127.0.0.1 -U ${poolerUser} -d ${lookUps} -c "SELECT 1" >/dev/null`,
    // Transactions may end; sessions would go on for as long as they like.
    stopSignal: mode === PostgresPoolMode.Transaction ? "SIGINT" : "SIGQUIT",
    files: (secrets) => ({
      [settingsFile]: settings,
      [usersFile]: `"${poolerUser}" "${poolerPassword(secrets)}"\n`,
    }),
  };
}
