import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import type { ProofRow } from "../../../cli/proof-report";
import { startLoad, type Load, type LoadOptions } from "../../load/client";
import { describeFailures, type LoadReport, type LoadRow } from "../../load/report";

/** Why requests may fail, and which. */
export interface Exception {
  /** What the table says about it. */
  because: string;
  /** What is wrong with the failures, or undefined when they are the allowed ones. */
  judge(report: LoadReport): string | undefined;
}

/** An operation that is done under load. */
export interface RowOptions<Result> {
  operation: string;
  /** Address that the load is sent to. */
  target: string;
  load?: Omit<LoadOptions, "url">;
  /** Defaults to none: no request may fail. */
  exception?: Exception;
  /** What else was measured, in words. */
  note?: (done: RowResult<Result>) => string;
}

/** What an operation gave, and what became of the requests. */
export interface RowResult<Result> {
  result: Result;
  report: LoadReport;
  /** Duration of the operation. */
  seconds: number;
}

const requestsBefore = 300;
const requestsInAll = 2000;
const tailMilliseconds = 3000;

/** Does something under load, which starts before and ends after it, and checks that no request failed. */
export async function row<Result>(
  options: RowOptions<Result>,
  operate: (load: Load) => Promise<Result>,
): Promise<RowResult<Result>> {
  const { operation, exception } = options;
  const load = startLoad({ url: options.target, ...options.load });
  let seconds = 0;
  let note: string | undefined;
  let held = false;
  try {
    await load.waitFor(requestsBefore);
    const startedAt = performance.now();
    const result = await operate(load);
    seconds = (performance.now() - startedAt) / 1000;
    await wait(tailMilliseconds);
    await load.waitFor(requestsInAll);
    const done = { result, seconds, report: await load.stop() };
    note = options.note?.(done);
    const fault = (exception ?? noException).judge(done.report);
    expect(fault, `${operation}: ${fault ?? ""}\n${describe(done.report)}`).toBeUndefined();
    held = true;
    return done;
  } finally {
    const { sent, failed } = await load.stop();
    record({
      ...{ operation, requests: sent, failed, seconds, held },
      ...(exception === undefined ? {} : { exception: exception.because }),
      ...(note === undefined ? {} : { note }),
    });
  }
}

const noException: Exception = {
  because: "",
  judge: ({ failed }) => (failed === 0 ? undefined : "no request may fail"),
};

/** POSTs under way on a replica that dies fail, because they must not be repeated: at most one of each client. */
export function postsUnderWay(because: string, deaths = 1): Exception {
  // As many of them as the default load has, at each death.
  const postClients = (16 + 8 / 2 + 4 / 2) * deaths;
  return {
    because,
    judge: ({ rows }) => {
      const gets = countFailures(rows, "GET");
      const posts = countFailures(rows, "POST");
      if (gets > 0) return `${gets} GETs failed, but they can be repeated`;
      if (posts > postClients)
        return `${posts} POSTs failed, but only ${postClients} can have been under way`;
      return undefined;
    },
  };
}

/** Requests may fail, and the operation itself judges how. */
export function anyFailure(because: string): Exception {
  return { because, judge: () => undefined };
}

/** Requests fail, and that is what the row has to show. */
export function mustFail(because: string, isNoticed: (report: LoadReport) => boolean): Exception {
  return {
    because,
    judge: (report) => (isNoticed(report) ? undefined : "the missing mechanism was not noticed"),
  };
}

/** Number of failed requests of a method. */
export function countFailures(rows: LoadRow[], method: LoadRow["method"]): number {
  return rows.reduce((sum, each) => sum + (each.method === method ? each.failed : 0), 0);
}

/** A report for whoever has to find out why a row is red. */
function describe(report: LoadReport): string {
  const failures = report.firstFailures.map((failure) => `  ${JSON.stringify(failure)}`);
  return [describeFailures(report), ...failures, `versions: ${JSON.stringify(report.versions)}`].join("\n");
}

/** Adds a row to the proof, and prints it. */
export function record(done: Omit<ProofRow, "suite">): void {
  const file = process.env.FLOTILLA_PROOF_FILE ?? join(tmpdir(), "flotilla-proof.jsonl");
  const suite = basename(dirname(expect.getState().testPath ?? ""));
  const rounded = { suite, ...done, seconds: Math.round(done.seconds * 10) / 10 };
  appendFileSync(file, `${JSON.stringify(rounded)}\n`);
  const mark = done.held ? "✓" : "✗";
  const remarks = [done.exception, done.how, done.note].filter((remark) => remark !== undefined).join("; ");
  const figures = `${done.requests} requests, ${done.failed} failed, ${rounded.seconds} s`;
  process.stdout.write(`${mark} ${done.operation}: ${figures}${remarks === "" ? "" : ` (${remarks})`}\n`);
}
