import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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
export function removeLeftLocks(
  { PULUMI_BACKEND_URL: backend = "" }: NodeJS.ProcessEnv,
  stack: string,
): string[] {
  if (!backend.startsWith("file:///")) return [];
  const url = new URL(backend);
  url.search = "";
  const locks = join(fileURLToPath(url), ".pulumi", "locks");
  if (!existsSync(locks)) return [];
  return readdirSync(locks, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json") && path.split(/[\\/]/).at(-2) === stack)
    .flatMap((path) => {
      const lock = readLock(join(locks, path));
      if (lock?.hostname !== hostname() || isRunning(lock.pid)) return [];
      rmSync(join(locks, path), { force: true });
      return [
        `The update of ${lock.timestamp} (process ${lock.pid}) was ended before it was done: its lock is removed.`,
      ];
    });
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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
