/** How a line of the proof ended: one that was not tried proves nothing. */
export type Result = "held" | "failed" | "not tried";

/** Requests of a time before or after an operation. */
export interface Around {
  requests: number;
  failed: number;
}

/** One line of the proof: what was done, and what became of the requests meanwhile. */
export interface ProofRow {
  suite: string;
  /** The test file that tells it. */
  file: string;
  operation: string;
  result: Result;
  /** Why it was not tried. */
  reason?: string;
  /** Requests that were under way during the operation. */
  requests: number;
  failed: number;
  /** Requests that the application carried out more than once; absent where it keeps no record of them. */
  duplicated?: number;
  /** The slowest answer; absent where it was not measured. */
  slowestMs?: number;
  seconds: number;
  before?: Around;
  after?: Around;
  /** The requests that are allowed to fail, or have to. */
  exception?: string;
  /** Other figures, in words. */
  note?: string;
  /** Example whose system is asked for what the operation says, and how that is checked. */
  example?: string;
  how?: string;
}

/** Marks of the results. */
export const marks: Record<Result, string> = { held: "✓", failed: "✗", "not tried": "○" };

/** Says what became of every operation, and in the end whether all holds. */
export function describeProof(rows: ProofRow[], hasFailed: boolean, milliseconds: number): string {
  const minutes = (milliseconds / 60_000).toFixed(1);
  return [
    ...describeTable(rows.filter(({ example }) => example === undefined)),
    ...describeExamples(rows.filter(({ example }) => example !== undefined)),
    `${countResults(rows)} in ${minutes} minutes. ${describeVerdict(rows, hasFailed)}.`,
  ].join("\n");
}

/** Whether something was tried, and all of that holds. */
export function isProven(rows: ProofRow[]): boolean {
  return rows.some(({ result }) => result === "held") && rows.every(({ result }) => result !== "failed");
}

/** How many operations there are, and how many of which result. */
export function countResults(rows: ProofRow[]): string {
  const count = (result: Result): number => rows.filter((row) => row.result === result).length;
  const parts = [`${count("held")} held`, `${count("failed")} failed`, `${count("not tried")} not tried`];
  return `${rows.length} operations: ${parts.join(", ")}`;
}

function describeVerdict(rows: ProofRow[], hasFailed: boolean): string {
  const tried = rows.filter(({ result }) => result !== "not tried");
  if (rows.some(({ result }) => result === "failed")) return "Not all holds";
  if (hasFailed) return "A test failed, see above";
  if (tried.length === 0) return "Nothing was tried";
  return tried.length === rows.length ? "All hold" : "All that was tried holds";
}

/** The remarks of a row, beside its figures. */
export function describeRemarks({ reason, exception, how, note }: ProofRow): string {
  return [reason, exception, how, note].filter((part) => part !== undefined).join("; ");
}

/** Heads of the figures of a row, in this order. */
export const figureHeads = ["requests", "failed", "twice", "slowest", "seconds"];

/** The figures of a row as text; what was not measured is a dash. */
export function describeFigures(row: ProofRow): string[] {
  if (row.result === "not tried") return figureHeads.map(() => "–");
  return [
    String(row.requests),
    String(row.failed),
    row.duplicated === undefined ? "–" : String(row.duplicated),
    row.slowestMs === undefined ? "–" : `${(row.slowestMs / 1000).toFixed(2)} s`,
    row.seconds.toFixed(1),
  ];
}

function describeTable(rows: ProofRow[]): string[] {
  if (rows.length === 0) return [];
  const notes: string[] = [];
  const addNote = (row: ProofRow): string => {
    const text = describeRemarks(row);
    if (text === "") return "";
    notes.push(text);
    return ` [${notes.length}]`;
  };
  const cells = rows.map((row) => [
    marks[row.result],
    `${row.suite}: ${row.operation}${addNote(row)}`,
    ...describeFigures(row),
  ]);
  const heads = ["", "operation", ...figureHeads];
  const table = [heads, ...cells];
  const widths = heads.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const lines = table.map((line) =>
    line
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  const remarks = notes.map((note, index) => `[${index + 1}] ${note}`);
  return ["", ...lines, "", ...remarks, ...(notes.length > 0 ? [""] : [])];
}

/** The lines of each example: what was asked of its system, how it was checked, the raw numbers, and the result. */
function describeExamples(rows: ProofRow[]): string[] {
  return [...new Set(rows.map(({ example }) => example ?? ""))].flatMap((example) => {
    const own = rows.filter((row) => row.example === example);
    return [
      `${example}: ${countResults(own)}`,
      ...own.map(
        ({ operation, how = "", reason, note = reason ?? "failed", result }) =>
          `${marks[result]} ${operation}\n    → ${how}\n    → ${note}`,
      ),
      "",
    ];
  });
}
