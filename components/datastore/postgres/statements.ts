import { createHmac } from "node:crypto";
import type { StoreSecrets } from "../recipe";
import { renderScramSecret } from "./scram";

/** Shell text that has statements run by the owner. */
export function renderStatements(database: string, statements: string[]): string {
  return `psql -v ON_ERROR_STOP=1 -q -U owner -d ${database} <<'FLOTILLA_END'
${statements.join("\n")}
FLOTILLA_END
`;
}

/** Makes a role unless it is there. */
export function makeRole(role: string, options: string): string {
  return `SELECT 'CREATE ROLE ${role} ${options}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`;
}

/** Lets a role log in with a password. */
export function setPassword(role: string, password: string, { administrator }: StoreSecrets): string {
  const salt = createHmac("sha256", administrator).update(`salt of ${role}`).digest().subarray(0, 16);
  return `ALTER ROLE ${role} LOGIN PASSWORD '${renderScramSecret(password, salt)}';`;
}

/** Keeps a role that nothing uses from logging in. */
export function lockOut(role: string): string {
  return `SELECT 'ALTER ROLE ${role} NOLOGIN' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`;
}
