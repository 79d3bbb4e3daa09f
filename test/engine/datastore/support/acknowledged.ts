import { docker, readState, until } from "../../support/engine";
import { record } from "../../support/rows";
import type { StoreOutputs, Workspace } from "../../support/workspace";
import { countMissing, type Dialect, startWriters, type Written } from "./writers";

/** Counts, over all operations on a datastore, what was acknowledged and what is there. */
export interface Acknowledged {
  find(): Promise<StoreOutputs>;
  /** Does something while writers write, and gives how much of all that was ever acknowledged is missing. */
  underWrites(
    operation: string,
    operate: (store: StoreOutputs) => Promise<unknown>,
    options?: UnderWritesOptions,
  ): Promise<number>;
  /** How much of all that was ever acknowledged is missing. */
  countMissing(): Promise<number>;
}

interface UnderWritesOptions {
  /** Most acknowledged writes that may be missing afterwards, and why. Defaults to none. */
  exception?: { most: number; reason: string };
}

/** Follows the writes to the datastore `main` of a deployment. */
export function followWrites(workspace: () => Workspace, dialect: Dialect): Acknowledged {
  const acknowledged = new Set<string>();

  async function find(): Promise<StoreOutputs> {
    const { main } = (await workspace().outputs()).stores ?? {};
    if (main === undefined) throw new Error("The program exports no datastore.");
    return main;
  }

  return {
    find,
    countMissing: async () => countMissing(dialect, await find(), acknowledged),
    underWrites: async (operation, operate, { exception } = {}) => {
      const store = await find();
      const writers = startWriters(dialect, store);
      const startedAt = performance.now();
      let seconds = 0;
      let written: Written = { acknowledged: new Set(), longestPause: 0 };
      try {
        await writers.waitFor(50);
        await operate(store);
        await writers.waitFor(50);
        seconds = (performance.now() - startedAt) / 1000;
      } finally {
        written = await writers.stop();
      }
      for (const key of written.acknowledged) acknowledged.add(key);
      const missing = await countMissing(dialect, await find(), acknowledged);
      record({
        operation: `${operation} (writes, lost)`,
        requests: written.acknowledged.size,
        failed: missing,
        seconds,
        note: `longest time without an acknowledgement ${written.longestPause.toFixed(1)} s`,
        ...(exception === undefined ? {} : { exception: exception.reason }),
        held: missing <= (exception?.most ?? 0),
      });
      return missing;
    },
  };
}

/** Kills all of a server at once, and starts it again. What it gave to the kernel is kept, which a power cut would not do. */
export async function killServer(container: string): Promise<void> {
  const before = await readState(container);
  await docker("exec", "--user=0", container, "sh", "-c", "kill -9 1 2>/dev/null; kill -9 -1").catch(
    () => undefined,
  );
  await docker("kill", "--signal=KILL", container).catch(() => undefined);
  await docker("start", container);
  await until("it runs again", async () => (await readState(container)).startedAt !== before.startedAt);
}
