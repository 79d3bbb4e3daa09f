import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "./processes";

/** A lock as Pulumi writes it. */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * Removes the locks of updates of this machine that were killed: Pulumi leaves them, and refuses each further update. Gives what
 * to say of them. One whose process lives, or that another machine has, stays.
 */
export function removeLeftLocks(environment: NodeJS.ProcessEnv, stack: string): string[] {
  return listLocks(environment, stack)
    .filter(({ lock }) => !isHeld(lock))
    .map(({ file, lock: { timestamp, pid } }) => {
      rmSync(file, { force: true });
      return `The update of ${timestamp} (process ${pid}) was ended before it was done: its lock is removed.`;
    });
}

/** Says who is at work on a stack, as far as a state in files knows it. */
export function describeUpdate(environment: NodeJS.ProcessEnv, stack: string): string | undefined {
  const held = listLocks(environment, stack).find(({ lock }) => isHeld(lock));
  if (held === undefined) return undefined;
  const { pid, hostname: host, timestamp } = held.lock;
  return `another update is under way (process ${pid} on ${host}, since ${timestamp})`;
}

/** The locks of a stack whose state is in files, in the order of these. */
function listLocks(
  { PULUMI_BACKEND_URL: backend = "" }: NodeJS.ProcessEnv,
  stack: string,
): { file: string; lock: Lock }[] {
  if (!backend.startsWith("file:///")) return [];
  const url = new URL(backend);
  url.search = "";
  const locks = join(fileURLToPath(url), ".pulumi", "locks");
  if (!existsSync(locks)) return [];
  return readdirSync(locks, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json") && path.split(/[\\/]/).at(-2) === stack)
    .flatMap((path) => {
      const file = join(locks, path);
      const lock = readLock(file);
      return lock === undefined ? [] : [{ file, lock }];
    });
}

/** Whether who has a lock may be at work yet. */
function isHeld(lock: Lock): boolean {
  return lock.hostname !== hostname() || isAlive(lock.pid);
}

function readLock(file: string): Lock | undefined {
  try {
    const { pid, hostname, timestamp } = JSON.parse(readFileSync(file, "utf8")) as Partial<Lock>;
    return typeof pid === "number" && typeof hostname === "string"
      ? { pid, hostname, timestamp: timestamp ?? "" }
      : undefined;
  } catch {
    // What cannot be read is nobody's to remove.
    return undefined;
  }
}
