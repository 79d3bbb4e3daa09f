import type { Engine } from "./client";
import { readLabels, toEngineLabels } from "./labels";

// A lock is a labelled, empty volume on the stack's engine: whoever can deploy reaches it, from every checkout and with every
// backend of Pulumi's, it needs no update, and the engine makes no second one of its name.

/** Who keeps others from changing a stack. */
export interface Lock {
  by: string;
  /** When it was locked, as a moment in ISO 8601. */
  at: string;
  why: string;
}

/** The lock of a stack, named `project/stack`; none where the engine cannot be asked, which has to be told by what needs it. */
export async function readLock(engine: Engine, stack: string): Promise<Lock | undefined> {
  const args = ["volume", "inspect", "--format={{json .Labels}}", nameLock(stack)];
  const { code, stdout } = await engine.attempt(args);
  if (code !== 0) return undefined;
  const { by, at, why } = readLabels(JSON.parse(stdout) as Record<string, string> | null);
  return at === undefined ? undefined : { by: by ?? "", at, why: why ?? "" };
}

/** Locks a stack, unless it is locked; gives the lock that is in force. */
export async function takeLock(engine: Engine, stack: string, lock: Lock): Promise<Lock> {
  const labels = Object.entries(toEngineLabels({ stack, role: "lock", ...lock }));
  const options = labels.map(([name, value]) => `--label=${name}=${value}`);
  // Where there is one of the name, it stays as it is.
  await engine.run(["volume", "create", ...options, nameLock(stack)]);
  return (await readLock(engine, stack)) ?? lock;
}

/** Unlocks a stack. */
export async function removeLock(engine: Engine, stack: string): Promise<void> {
  await engine.run(["volume", "rm", nameLock(stack)]);
}

/** Says of a stack that it is locked. */
export function describeLock(stack: string, { by, at, why }: Lock): string {
  const time = at.replace("T", " ").replace(/:\d\d\.\d+Z$/, " UTC");
  return `The stack ${stack} is locked by ${by} since ${time}: ${why}`;
}

function nameLock(stack: string): string {
  return `${stack.replace("/", "-")}-lock`;
}
