import { describeExporters, measurePostgres, monitoringUser } from "./exporters";
import { derivePassword, type DescribeStore, nameServer, type StoreSecrets, titleServer } from "./recipe";

const ownerPasswordFile = "/etc/flotilla/owner-password";

/** PostgreSQL, with an owner for the schema and another user for the application. */
export const describePostgres: DescribeStore = (name, args) => {
  const { postgres, metrics = false } = args;
  const { database = "app", maxConnections = 100 } = postgres ?? {};
  return {
    image: "postgres:18.1",
    servers: [
      {
        title: titleServer(1),
        aliases: [name, nameServer(name, 1)],
        dataFolder: "/var/lib/postgresql",
        command: [
          "postgres",
          "-c",
          `max_connections=${maxConnections}`,
          "-c",
          "password_encryption=scram-sha-256",
        ],
        env: {
          POSTGRES_USER: "owner",
          POSTGRES_DB: database,
          POSTGRES_PASSWORD_FILE: ownerPasswordFile,
          POSTGRES_INITDB_ARGS: "--data-checksums --auth-host=scram-sha-256",
        },
        // By TCP: the server that prepares the database listens on a socket alone.
        health: `pg_isready -q -h 127.0.0.1 -U owner -d ${database}`,
        files: ({ administrator }) => ({ [ownerPasswordFile]: administrator }),
      },
    ],
    exporters: describeExporters(name, args, 1, measurePostgres(database)),
    configure: (secrets) => renderUsers(database, secrets, metrics),
    url: ({ version, current }) => `postgresql://app_v${version}:${current}@${name}:5432/${database}`,
  };
};

/**
 * Each password has a user of its own, so that the one before works until all replicas have the new one. What they may do
 * comes from the role that they share.
 */
function renderUsers(database: string, secrets: StoreSecrets, metrics: boolean): string {
  const { version, current, administrator } = secrets;
  const user = `app_v${version}`;
  return `psql -v ON_ERROR_STOP=1 -q -U owner -d ${database} <<'FLOTILLA_END'
SET client_min_messages = warning;
SELECT 'CREATE ROLE app NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \\gexec
SELECT 'CREATE ROLE ${user} LOGIN IN ROLE app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec
ALTER ROLE ${user} PASSWORD '${escape(current)}';
ALTER ROLE owner PASSWORD '${escape(administrator)}';
GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO app;
GRANT USAGE ON SCHEMA public TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles
  WHERE rolname ~ '^app_v[0-9]+$' AND substring(rolname FROM 6)::int NOT IN (${version}, ${version - 1}) \\gexec
${metrics ? renderMonitoringUser(derivePassword(secrets, monitoringUser)) : withoutMonitoringUser}
FLOTILLA_END
`;
}

/** It sees what the server does and reads no table; a few connections and seconds are all that it can take. */
function renderMonitoringUser(password: string): string {
  return `SELECT 'CREATE ROLE ${monitoringUser}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${monitoringUser}') \\gexec
ALTER ROLE ${monitoringUser} LOGIN CONNECTION LIMIT 5 PASSWORD '${escape(password)}';
ALTER ROLE ${monitoringUser} SET statement_timeout = '10s';
GRANT pg_monitor TO ${monitoringUser};`;
}

const withoutMonitoringUser = `SELECT 'ALTER ROLE ${monitoringUser} NOLOGIN' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '${monitoringUser}') \\gexec`;

function escape(text: string): string {
  return text.replaceAll("'", "''");
}
