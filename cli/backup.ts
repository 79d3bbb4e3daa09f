import { createInterface } from "node:readline/promises";
import { describeCounts } from "../backup/counts";
import type { BackupRecord } from "../backup/record";
import { isGood } from "../backup/retention";
import { ArgumentError } from "./arguments";
import { backupUsage, readBackupArguments, type BackupArguments } from "./backup-arguments";
import { findKeeper, type Keeper, NoKeeper } from "./backup-keeper";
import { withTools } from "./bare/machine.cjs";
import { say } from "./processes";
import { stateVariables } from "./state";
import type { Restored } from "../backup/answers";

/** What a command did, for programs. */
interface BackupResult {
  command: string;
  stack: string;
  store: string;
  ok: boolean;
  /** The backup that was made. */
  backup?: BackupRecord;
  /** All that there are, the newest first. */
  backups?: BackupRecord[];
  /** What was restored. */
  restored?: Restored;
  /** Why it failed. */
  errors: string[];
}

type Done = Pick<BackupResult, "ok"> & Partial<BackupResult>;

async function main(): Promise<number> {
  const asked = readBackupArguments(process.argv.slice(2));
  if (asked === undefined) {
    process.stdout.write(`${backupUsage}\n`);
    return 0;
  }
  const { command, stack, store } = asked;
  const environment = withTools({ ...process.env, ...stateVariables(process.env) });
  let done: Done;
  try {
    const keeper = await findKeeper(stack, store, environment);
    done = await commands[command](keeper, asked);
  } catch (error) {
    if (!(error instanceof NoKeeper)) throw error;
    done = fail(error.message);
  }
  for (const message of done.errors ?? []) say(message);
  const result: BackupResult = { command, stack, store, errors: [], ...done };
  if (asked.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  return result.ok ? 0 : 1;
}

const commands: Record<
  BackupArguments["command"],
  (keeper: Keeper, asked: BackupArguments) => Promise<Done>
> = {
  backup: async (keeper, asked) => {
    const answer = await keeper.ask("back", "request");
    if (!answer.ok) return fail(answer.fault);
    const backup = answer.result as BackupRecord;
    tell(asked, describeBackup(backup));
    return { ok: true, backup };
  },
  list: async (keeper, asked) => {
    const answer = await keeper.ask("list", "");
    if (!answer.ok) return fail(answer.fault);
    const backups = answer.result as BackupRecord[];
    tell(asked, backups.length === 0 ? "There is no backup." : backups.map(describeBackup).join("\n"));
    return { ok: true, backups };
  },
  restore: async (keeper, asked) => {
    const listed = await keeper.ask("list", "");
    if (!listed.ok) return fail(listed.fault);
    const backups = listed.result as BackupRecord[];
    const chosen = backups.find((each) => (asked.id === "latest" ? isGood(each) : each.id === asked.id));
    // What cannot be restored is refused by the container, with the reason.
    if (chosen !== undefined && isGood(chosen) && !(await mayRestore(asked, chosen)))
      return fail("Nothing was changed. To restore without a question, add --yes.");
    const answer = await keeper.ask("restore", chosen?.id ?? asked.id);
    if (!answer.ok) return fail(answer.fault);
    const restored = answer.result as Restored;
    tell(asked, `Before: ${describeCounts(restored.before)}`);
    tell(
      asked,
      `After:  ${describeCounts(restored.after)}, as in the backup ${restored.id}; ${restored.seconds} s`,
    );
    return { ok: true, restored };
  },
};

async function mayRestore(
  { yes, json, store, stack }: BackupArguments,
  chosen: BackupRecord,
): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question = `${describeBackup(chosen)}\nIt takes the place of all that is in ${store} of ${stack}. Restore it? (yes/no) `;
  const answer = await terminal.question(question);
  terminal.close();
  return answer.trim() === "yes";
}

function describeBackup(backup: BackupRecord): string {
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

function fail(message: string): Done {
  return { ok: false, errors: [message] };
}

function tell({ json }: BackupArguments, text: string): void {
  if (!json) process.stdout.write(`${text}\n`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (!(error instanceof ArgumentError)) throw error;
    say(`${error.message}\n\n${backupUsage}`);
    process.exitCode = 2;
  },
);
