import type { Schedule } from "../cron";
import { describeCounts } from "../counts";
import { findDue, noteFailure } from "../due";
import type { History, Situation } from "../metrics";
import type { BackupRecord, Reason } from "../record";
import { takeBackup, type Workshop } from "./attempt";
import { explain } from "./failure";
import { readHistory, writeHistory } from "./history";
import { restoreBackup } from "./restore";
import type { Restored } from "../answers";

/** Makes and restores backups, one after another. */
export interface Keeper {
  back(reason: Reason): Promise<BackupRecord>;
  restore(id: string): Promise<Restored>;
  list(): Promise<BackupRecord[]>;
  situation(): Promise<Situation>;
  /** Why backups cannot be made at present; undefined when they can. */
  findFault(): Promise<string | undefined>;
  /** Makes the backup that is due. */
  tick(): Promise<void>;
}

/** Time after which the place is looked at again. */
const freshMilliseconds = 60_000;

/** Takes over the backups of a datastore; `historyFile` keeps what became of attempts. */
export function startKeeper(workshop: Workshop, schedule: Schedule, historyFile: string): Keeper {
  const { settings, shelf, dumper } = workshop;
  let history = readHistory(historyFile, Date.now());
  let busy = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let look: { time: number; records: BackupRecord[] | undefined; fault?: string } | undefined;

  const remember = (changes: Partial<History>): void => {
    history = { ...history, ...changes };
    writeHistory(historyFile, history);
  };
  remember({});

  /** Never two at once. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    busy++;
    const done = queue.then(work).finally(() => {
      busy--;
      look = undefined;
    });
    queue = done.catch(() => undefined);
    return done;
  };

  const attempt = async (reason: Reason): Promise<BackupRecord> => {
    const time = Date.now();
    const end = (fault?: string): void => {
      const last = { time, seconds: (Date.now() - time) / 1000, ...(fault === undefined ? {} : { fault }) };
      remember({ last, failures: history.failures + (fault === undefined ? 0 : 1) });
    };
    try {
      const record = await takeBackup(workshop, reason);
      end();
      say(
        `Backup ${record.id}: ${describeCounts(record.counts)}; ${record.storedSize} bytes in ${record.seconds} s.`,
      );
      return record;
    } catch (error) {
      end(explain(error));
      say(explain(error));
      throw error;
    }
  };

  const observe = async (): Promise<NonNullable<typeof look>> => {
    if (look !== undefined && Date.now() - look.time < freshMilliseconds) return look;
    const time = Date.now();
    try {
      look = { time, records: await shelf.list() };
    } catch (error) {
      const fault = `The place of the backups cannot be read: ${explain(error)}`;
      say(fault);
      look = { time, records: undefined, fault };
    }
    return look;
  };

  return {
    back: (reason) => inTurn(() => attempt(reason)),
    restore: (id) =>
      inTurn(async () => {
        const restored = await restoreBackup(workshop, id);
        say(`Restored ${restored.id}: ${describeCounts(restored.after)}.`);
        return restored;
      }),
    list: () => shelf.list(),
    situation: async () => {
      const { records } = await observe();
      return { store: settings.store, history, records, isBusy: busy > 0 };
    },
    findFault: async () => {
      if (!(await dumper.isAlive())) return "The container that dumps the datastore does not run.";
      return (await observe()).fault;
    },
    tick: async () => {
      if (findDue(schedule, history, Date.now()) === undefined) return;
      await inTurn(async () => {
        const due = findDue(schedule, history, Date.now());
        if (due === undefined) return;
        remember({ tried: { due, times: history.tried?.due === due ? history.tried.times + 1 : 1 } });
        const isMade = await attempt("schedule").then(
          () => true,
          () => false,
        );
        remember(isMade ? { doneUntil: due } : noteFailure(history, due, Date.now()));
      });
    },
  };
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}
