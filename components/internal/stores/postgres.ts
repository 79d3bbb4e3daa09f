import { renderPostgresBackup } from "./postgres-backup";
import { derivePassword, type DescribeStore, nameServer, type StoreSecrets, titleServer } from "./recipe";

const ownerPasswordFile = "/etc/flotilla/owner-password";

/** PostgreSQL, with an owner for the schema and another user for the application. */
export const describePostgres: DescribeStore = (name, { postgres, backup }) => {
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
    configure: (secrets) => renderUsers(database, secrets, backup !== undefined),
    backup: {
      functions: renderPostgresBackup(name, database, renderGrants),
      passwords: (secrets) => ({ backup: derivePassword(secrets, "backup"), owner: secrets.administrator }),
    },
    url: ({ version, current }) => `postgresql://app_v${version}:${current}@${name}:5432/${database}`,
  };
};

/**
 * Each password has a user of its own, so that the one before works until all replicas have the new one. What they may do
 * comes from the role that they share. One that a restored backup names is there already, without either.
 */
function renderUsers(database: string, secrets: StoreSecrets, isBackedUp: boolean): string {
  const { version, current, administrator } = secrets;
  const user = `app_v${version}`;
  return `psql -v ON_ERROR_STOP=1 -q -U owner -d ${database} <<'FLOTILLA_END'
SET client_min_messages = warning;
SELECT 'CREATE ROLE app NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \\gexec
SELECT 'CREATE ROLE ${user} LOGIN IN ROLE app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec
ALTER ROLE ${user} LOGIN;
ALTER ROLE ${user} PASSWORD '${escape(current)}';
GRANT app TO ${user};
ALTER ROLE owner PASSWORD '${escape(administrator)}';
${renderGrants(database)}${isBackedUp ? renderBackupUser(derivePassword(secrets, "backup")) : ""}SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles
  WHERE rolname ~ '^app_v[0-9]+$' AND substring(rolname FROM 6)::int NOT IN (${version}, ${version - 1}) \\gexec
FLOTILLA_END
`;
}

/** What the application may do in a database. */
function renderGrants(database: string): string {
  return `GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO app;
GRANT USAGE ON SCHEMA public TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
`;
}

/** Who makes backups may read everything, also what policies hide from others. */
function renderBackupUser(password: string): string {
  return `SELECT 'CREATE ROLE backup LOGIN BYPASSRLS IN ROLE pg_read_all_data' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backup') \\gexec
ALTER ROLE backup LOGIN BYPASSRLS PASSWORD '${escape(password)}';
GRANT pg_read_all_data TO backup;
`;
}

function escape(text: string): string {
  return text.replaceAll("'", "''");
}
