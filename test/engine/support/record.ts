import { appendFileSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { expect, type TestContext } from "vitest";
import { describeRemarks, marks, type ProofRow } from "../../../cli/proof-report";

const root = resolve(__dirname, "../../..");

/** A row as a test tells it. */
export type Done = Omit<ProofRow, "suite" | "file" | "result" | "reason"> & { held: boolean };

/** Adds a row to the proof, and prints it. */
export function record({ held, ...done }: Done): void {
  const seconds = Math.round(done.seconds * 10) / 10;
  const row = add({ ...done, seconds, result: held ? "held" : "failed" });
  const slowest = row.slowestMs === undefined ? "" : `, slowest ${(row.slowestMs / 1000).toFixed(2)} s`;
  const twice = row.duplicated === undefined ? "" : `, ${row.duplicated} twice`;
  say(row, `${row.requests} requests, ${row.failed} failed${twice}${slowest}, ${seconds} s`);
}

/** The part of a row that is known before it is tried. */
export type Untried = Pick<ProofRow, "operation" | "example" | "how">;

/** Adds a row that says that something was not tried, and why. */
export function recordNotTried(untried: Untried, reason: string): void {
  say(add({ ...untried, result: "not tried", reason, requests: 0, failed: 0, seconds: 0 }), "not tried");
}

/** Ends a test that cannot be done here: each of its rows says so. */
export function skipUntried(context: TestContext, operations: string[], reason: string): never {
  for (const operation of operations) recordNotTried({ operation }, reason);
  context.skip(reason);
}

/** Thrown where something cannot be tried here. */
export class NotTried extends Error {}

function add(done: Omit<ProofRow, "suite" | "file">): ProofRow {
  const path = expect.getState().testPath ?? "";
  const file = relative(root, path).split(sep).join("/");
  const row: ProofRow = { suite: basename(dirname(path)), file, ...done };
  appendFileSync(process.env.FLOTILLA_PROOF_FILE ?? "", `${JSON.stringify(row)}\n`);
  return row;
}

function say(row: ProofRow, figures: string): void {
  const remarks = describeRemarks(row);
  process.stdout.write(
    `${marks[row.result]} ${row.operation}: ${figures}${remarks === "" ? "" : ` (${remarks})`}\n`,
  );
}
