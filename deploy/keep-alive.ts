/** Where a replica says that it keeps idle connections. */
export interface Kept {
  /** Name that the user knows: pool and number. */
  title: string;
  /** Its header `Keep-Alive`. */
  header: string;
}

/** Seconds by which an application should keep an idle connection longer than Nginx does. */
const lead = 0.5;

/** Warns of replicas that end idle connections just when Nginx may send a request on one, or before: a POST is not repeated. */
export function warnOfShortKeeping(pool: string, idleSeconds: number, replicas: Kept[]): string[] {
  const short = replicas.flatMap(({ title, header }) => {
    const [, text] = /\btimeout=(\d+)/i.exec(header) ?? [];
    return text !== undefined && Number(text) < idleSeconds + lead ? [{ title, seconds: Number(text) }] : [];
  });
  if (short.length === 0) return [];
  const least = Math.min(...short.map(({ seconds }) => seconds));
  const titles = short.map(({ title, seconds }) => `${title} (Keep-Alive: timeout=${seconds})`).join(", ");
  return [
    `Warning: pools.${pool}.balancing.keepalive.idleSeconds must be less than the application keeps idle connections, got ${idleSeconds}: POSTs are lost. Answers say: ${titles}. Set it to ${Math.max(0.1, least - lead)}, or keep them longer.`,
  ];
}
