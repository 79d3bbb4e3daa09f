import { monitoringUser } from "../exporters";
import { poolerPassword, poolerUser } from "./pooler";
import { forgetReplica } from "./replica";
import { lockOut, makeRole, renderStatements, setPassword } from "./statements";
import { derivePassword, type StoreSecrets } from "../recipe";

/** Parts of a datastore that have users of the database. */
interface UsersOf {
  database: string;
  hasPooler: boolean;
  hasReplica: boolean;
  /** Whether an exporter measures it. */
  isMeasured: boolean;
  isBackedUp: boolean;
}

/**
 * Each password has a user of its own, so that the one before works until all replicas have the new one. What they may do
 * comes from the role that they share.
 */
export function renderUsers(
  { database, hasPooler, hasReplica, isMeasured, isBackedUp }: UsersOf,
  secrets: StoreSecrets,
): string {
  const { version, current, administrator } = secrets;
  const user = `app_v${version}`;
  const statements = [
    "SET client_min_messages = warning;",
    "SELECT 'CREATE ROLE app NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \\gexec",
    makeRole(user, "LOGIN IN ROLE app"),
    setPassword(user, current, secrets),
    setPassword("owner", administrator, secrets),
    // A restored backup makes roles that it names, without their rights.
    `GRANT app TO ${user};`,
    ...(hasPooler
      ? [makeRole(poolerUser, "LOGIN"), setPassword(poolerUser, poolerPassword(secrets), secrets)]
      : [lockOut(poolerUser)]),
    ...renderRights(database, hasPooler),
    `SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE rolname ~ '^app_v[0-9]+$' AND substring(rolname FROM 6)::int NOT IN (${version}, ${version - 1}) \\gexec`,
    ...(hasReplica ? [] : forgetReplica()),
    ...(isMeasured ? renderMonitoring(secrets) : [lockOut(monitoringUser)]),
    ...(isBackedUp ? renderBackup(secrets) : [lockOut("backup")]),
  ];
  return renderStatements(database, statements);
}

/** Renders the rights of users in a database; one that was restored gets them anew. */
export function renderRights(database: string, hasPooler: boolean): string[] {
  return [
    `GRANT CONNECT, TEMPORARY ON DATABASE "${database}" TO app;`,
    "GRANT USAGE ON SCHEMA public TO app;",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app;",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;",
    ...(hasPooler ? renderPooler() : []),
  ];
}

/** Who makes backups may read everything, also what policies hide from others. */
function renderBackup(secrets: StoreSecrets): string[] {
  return [
    makeRole("backup", "LOGIN"),
    setPassword("backup", derivePassword(secrets, "backup"), secrets),
    "ALTER ROLE backup BYPASSRLS;",
    "GRANT pg_read_all_data TO backup;",
  ];
}

/** The pooler reads what the server keeps of the application's passwords, and nothing else. */
function renderPooler(): string[] {
  return [
    "CREATE SCHEMA IF NOT EXISTS flotilla;",
    "CREATE OR REPLACE FUNCTION flotilla.find_login(wanted text) RETURNS TABLE (name text, secret text)",
    "  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp",
    "  AS $$ SELECT rolname::text, rolpassword FROM pg_authid WHERE rolname = wanted AND rolcanlogin AND rolname ~ '^app_v[0-9]+$' $$;",
    "REVOKE ALL ON FUNCTION flotilla.find_login(text) FROM PUBLIC;",
    `GRANT USAGE ON SCHEMA flotilla TO ${poolerUser};`,
    `GRANT EXECUTE ON FUNCTION flotilla.find_login(text) TO ${poolerUser};`,
  ];
}

/** It sees what the server does and reads no table; a few connections and seconds are all that it can take. */
function renderMonitoring(secrets: StoreSecrets): string[] {
  return [
    makeRole(monitoringUser, "LOGIN"),
    setPassword(monitoringUser, derivePassword(secrets, monitoringUser), secrets),
    `ALTER ROLE ${monitoringUser} CONNECTION LIMIT 5;`,
    `ALTER ROLE ${monitoringUser} SET statement_timeout = '10s';`,
    `GRANT pg_monitor TO ${monitoringUser};`,
  ];
}
