/** Connections that are left to administrators, backups and the pooler's own look-ups. */
const keptConnections = 10;

/** Most connections of a pool: while a password changes there are two of them. */
export function mostPoolSize(maxConnections: number): number {
  return Math.floor((maxConnections - keptConnections) / 2);
}
