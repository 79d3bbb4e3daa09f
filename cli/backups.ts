import { describeCounts } from "../backup/counts";
import type { Restored } from "../backup/answers";
import type { BackupRecord } from "../backup/record";
import { findKeeper, type Keeper } from "./backup-keeper";
import { pulumiEnvironment, pulumiOn } from "./pulumi";
import { giveResult } from "./result";

/** The result of a command on backups, for programs. */
interface BackupResult {
  command: string;
  stack: string;
  store: string;
  ok: boolean;
  /** The backup that was made. */
  backup?: BackupRecord;
  /** All that there are, the newest first. */
  backups?: BackupRecord[];
  /** The restored backup, and the contents before and after it. */
  restored?: Restored;
  /** Why it failed. */
  errors: string[];
}

/** The arguments that every command on backups has. */
export interface BackupRequest {
  datastore: string;
  stack: string;
  json: boolean;
}

/** A result as far as it is known, and the lines that say it to people. */
export type Done = Partial<BackupResult> & { lines: string[] };

/** Lets the container that keeps the backups of a datastore do something, and gives the result. */
export function workOnBackups(
  command: string,
  { datastore: store, stack, json }: BackupRequest,
  act: (keeper: Keeper) => Promise<Done>,
): Promise<number> {
  return giveResult<BackupResult>(
    json,
    async () => {
      const { lines, ...done } = await act(await findKeeper(pulumiOn(stack, pulumiEnvironment()), store));
      if (!json) process.stdout.write(`${lines.join("\n")}\n`);
      return { ok: true, ...done };
    },
    (told) => ({ command, stack, store, ok: false, ...told }),
  );
}

/** All backups of a datastore, the newest first. */
export async function listBackups(keeper: Keeper): Promise<BackupRecord[]> {
  return (await keeper.ask("list", "")) as BackupRecord[];
}

/** A backup in one line. */
export function describeBackup(backup: BackupRecord): string {
  const { id, size, storedSize, seconds, counts, verified, fault, key, reason } = backup;
  const remarks = [
    `${size} bytes, stored as ${storedSize}`,
    `${seconds} s`,
    ...(key === undefined ? [] : [`key ${key}`]),
    fault === undefined ? (verified ? "verified" : "not tried out") : `NOT GOOD: ${fault}`,
    reason,
  ];
  return `${id}: ${describeCounts(counts)} (${remarks.join("; ")})`;
}
