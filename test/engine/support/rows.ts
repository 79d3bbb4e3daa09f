import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { startLoad, type Load, type LoadOptions } from "../../load/client";
import { settle, type Account } from "../../load/ledger";
import { describeFailures, type FinalReport } from "../../load/report";
import { watchEvents, type EngineEvent } from "./engine";
import type { Death, Exception } from "./exceptions";
import { findLedger, type Ledger } from "./ledger";
import { record } from "./record";

export { record } from "./record";

/** An operation that is done under load. */
export interface RowOptions<Result> {
  operation: string;
  /** Address that the load is sent to. */
  target: string;
  load?: Omit<LoadOptions, "url">;
  /** Defaults to none: no request may fail. */
  exception?: Exception;
  /** The longest that an answer may take beyond what its request asked for. Defaults to 5 seconds. */
  slowest?: { seconds: number; because: string };
  /** Where the application notes what it carries out. Defaults to what is known of the target. */
  ledger?: Ledger;
  /** What else was measured, in words. */
  note?: (done: RowResult<Result>) => string;
}

/** What an operation gave, and what became of the requests. */
export interface RowResult<Result> {
  result: Result;
  report: FinalReport;
  /** Duration of the operation. */
  seconds: number;
}

const requestsBefore = 300;
const requestsInAll = 2000;
const tailMilliseconds = 3000;
const usualSlowest = { seconds: 5, because: undefined };

/** Does something under load, which starts before and ends after it, and checks that no request failed. */
export async function row<Result>(
  options: RowOptions<Result>,
  operate: (load: Load) => Promise<Result>,
): Promise<RowResult<Result>> {
  const { operation, exception, slowest = usualSlowest, ledger = findLedger(options.target) } = options;
  const stop = exception?.stack === undefined ? undefined : await watchEvents(exception.stack);
  let events: Promise<EngineEvent[]> | undefined;
  const stopWatching = () => (events ??= stop?.());
  const load = startLoad({ url: options.target, ...options.load });
  let seconds = 0;
  let note: string | undefined;
  let account: Account | undefined;
  let held = false;
  try {
    await load.waitFor(requestsBefore);
    const startedAt = performance.now();
    load.enter("during");
    const result = await operate(load);
    seconds = (performance.now() - startedAt) / 1000;
    load.enter("after");
    await wait(tailMilliseconds);
    await load.waitFor(requestsInAll);
    const report = await load.stop();
    account = await ledger?.read(report.load).then((executions) => settle(report.numbered, executions));
    const deaths = toDeaths((await stopWatching()) ?? [], report);
    const done = { result, seconds, report };
    note = options.note?.(done);
    const fault =
      findFault(report, account, slowest.seconds, exception !== undefined) ??
      exception?.judge({ report, account, deaths });
    expect(fault, `${operation}: ${fault ?? ""}\n${describe(report)}`).toBeUndefined();
    held = true;
    return done;
  } finally {
    await stopWatching();
    const { before, during, after } = (await load.stop()).phases;
    const notes = [note, describeFailed(account), slowest.because].filter((part) => part !== undefined);
    record({
      ...{
        operation,
        requests: during.sent,
        failed: during.failed,
        slowestMs: during.slowestMs,
        seconds,
        held,
      },
      ...(account === undefined ? {} : { duplicated: account.duplicated.length }),
      before: { requests: before.sent, failed: before.failed },
      after: { requests: after.sent, failed: after.failed },
      ...(exception === undefined ? {} : { exception: exception.because }),
      ...(notes.length === 0 ? {} : { note: notes.join("; ") }),
    });
  }
}

/** What no exception allows, and without one, no failure either. */
function findFault(
  { phases: { before, during, after } }: FinalReport,
  account: Account | undefined,
  slowestSeconds: number,
  hasException: boolean,
): string | undefined {
  if (before.failed > 0) return `${before.failed} requests failed before it began`;
  // An exception says itself when its failures may be: a container may end a moment after the command that killed it.
  if (!hasException && after.failed > 0) return `${after.failed} requests failed after it was over`;
  if (!hasException && during.failed > 0) return "no request may fail";
  const { duplicated, invented } = account ?? { duplicated: [], invented: [] };
  if (duplicated.length > 0) return `POSTs were carried out more than once: ${duplicated.join(", ")}`;
  if (invented.length > 0) return `POSTs were answered and never carried out: ${invented.join(", ")}`;
  const beyondMs = Math.max(before.slowestBeyondMs, during.slowestBeyondMs, after.slowestBeyondMs);
  if (beyondMs > slowestSeconds * 1000)
    return `an answer took ${beyondMs} ms beyond what was asked for, but ${slowestSeconds} s is the most`;
  return undefined;
}

function toDeaths(events: EngineEvent[], { startedAt }: FinalReport): Death[] {
  return events
    .filter(({ action }) => action === "die")
    .map(({ container, time }) => ({ container, atMs: Math.round(time * 1000 - startedAt) }));
}

/** How many of the POSTs that failed were carried out all the same. */
function describeFailed(account: Account | undefined): string | undefined {
  if (account === undefined || account.failed.length === 0) return undefined;
  const executed = account.failed.filter(({ place }) => place !== undefined).length;
  return `of ${account.failed.length} POSTs that failed, ${executed} were carried out`;
}

/** A report for whoever has to find out why a row is red. */
function describe(report: FinalReport): string {
  const failures = report.firstFailures.map((failure) => `  ${JSON.stringify(failure)}`);
  const rest = [`versions: ${JSON.stringify(report.versions)}`, `phases: ${JSON.stringify(report.phases)}`];
  return [describeFailures(report), ...failures, ...rest].join("\n");
}
