import { readFile } from "node:fs/promises";
import pg from "pg";
import { instance } from "./replica.js";

const {
  DATABASE_URL,
  DATABASE_READ_URL = DATABASE_URL,
  DATABASE_OWNER_URL,
  DATABASE_CONNECTIONS,
} = process.env;
const max = Number(DATABASE_CONNECTIONS ?? 10);

const main = connect(DATABASE_URL);
const copy = DATABASE_READ_URL === DATABASE_URL ? main : connect(DATABASE_READ_URL);

function connect(connectionString) {
  const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: 15_000 });
  // A connection that breaks while nobody uses it is replaced by the pool.
  pool.on("error", ({ message }) => console.error(`[${instance}] database: ${message}`));
  return pool;
}

/** Asks the database. */
export const query = (text, values) => main.query(text, values);

/** Asks the read replica where there is one: it may be a moment behind. */
export const readOnly = (text, values) => copy.query(text, values);

/** Whether what only reads goes to another server. */
export const hasReadReplica = copy !== main;

/** Connections of this replica. */
export function describePool() {
  return { max, open: main.totalCount, idle: main.idleCount, waiting: main.waitingCount };
}

/** Makes the tables that are missing; replicas that start together do it one after the other. */
export async function prepareDatabase() {
  const owner = new pg.Client({ connectionString: DATABASE_OWNER_URL });
  await owner.connect();
  await owner.query("SELECT pg_advisory_lock(1)");
  await owner.query(await readFile(new URL("schema.sql", import.meta.url), "utf8"));
  await owner.end();
}

export async function closeDatabase() {
  await main.end();
  if (hasReadReplica) await copy.end();
}
