/** Words by which a script says how far a replica is; `up` shows them. */
const words = {
  healthy: "is healthy",
  joined: "has joined",
  draining: "is draining",
  drained: "is drained",
} as const;

/** How far a replica is, of what scripts tell. */
export type Told = keyof typeof words;

/** A line that says how far a replica is. */
export function tellOf(title: string, told: Told, more = ""): string {
  return `${title} ${words[told]}${more}`;
}

/** Reads such a line; undefined for any other. */
export function readTold(line: string): { title: string; told: Told } | undefined {
  const [title = "", ...rest] = line.split(" ");
  const said = rest.join(" ");
  const told = (Object.keys(words) as Told[]).find((each) => RegExp(`^${words[each]}\\b`).test(said));
  return told === undefined ? undefined : { title, told };
}

/** A line that says how far the new replicas of a pool are that get shares of its requests. */
export function tellCanary(pool: string, text: string): string {
  return `canary of ${pool}: ${text}`;
}

/** Whether a line is such a one. */
export function isCanary(line: string): boolean {
  return /^canary of \S+: /.test(line);
}
