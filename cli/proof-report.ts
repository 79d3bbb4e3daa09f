/** One line of the proof: what was done, and what became of the requests meanwhile. */
export interface ProofRow {
  suite: string;
  operation: string;
  requests: number;
  failed: number;
  seconds: number;
  /** The requests that are allowed to fail, or have to. */
  exception?: string;
  /** Other figures, in words. */
  note?: string;
  held: boolean;
  /** Example whose system is asked for what the operation says, and how that is checked. */
  example?: string;
  how?: string;
}

/** Says what became of every operation, and in the end whether all holds. */
export function describeProof(rows: ProofRow[], hasFailed: boolean, milliseconds: number): string {
  const broken = rows.filter(({ held }) => !held).length;
  const verdict = broken > 0 ? `${broken} do not hold` : hasFailed ? "A test failed, see above" : "All hold";
  const minutes = (milliseconds / 60_000).toFixed(1);
  return [
    ...describeTable(rows.filter(({ example }) => example === undefined)),
    ...describeExamples(rows.filter(({ example }) => example !== undefined)),
    `${rows.length} operations in ${minutes} minutes. ${verdict}.`,
  ].join("\n");
}

function describeTable(rows: ProofRow[]): string[] {
  if (rows.length === 0) return [];
  const notes: string[] = [];
  const addNote = (row: ProofRow): string => {
    const text = [row.exception, row.note].filter((part) => part !== undefined).join("; ");
    if (text === "") return "";
    notes.push(text);
    return ` [${notes.length}]`;
  };
  const cells = rows.map((row) => [
    row.held ? "✓" : "✗",
    `${row.suite}: ${row.operation}${addNote(row)}`,
    String(row.requests),
    String(row.failed),
    row.seconds.toFixed(1),
  ]);
  const heads = ["", "operation", "requests", "failed", "seconds"];
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
      `${example}: ${own.filter(({ held }) => held).length} of ${own.length} lines hold`,
      ...own.map(
        ({ operation, how = "", note = "failed", held }) =>
          `${held ? "✓" : "✗"} ${operation}\n    → ${how}\n    → ${note}`,
      ),
      "",
    ];
  });
}
