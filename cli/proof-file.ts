import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "./bare/machine.cjs";
import type { ProofRow } from "./proof-report";

/** When, of what and on what machine rows were measured. */
export interface ProofRun {
  commit: string;
  date: string;
  cores: number;
  memoryGiB: number;
  system: string;
  engine: string;
  /** Images that are stand-ins made of packages; all others are the official ones. */
  standIns: string[];
}

/** Rows of a test file, and the run that they are of. */
interface FileRows {
  run: number;
  rows: Omit<ProofRow, "file">[];
}

/** The last figures of every test file of the proof. Its names of rows are those that a run has to tell. */
export interface Proof {
  runs: ProofRun[];
  files: Record<string, FileRows>;
}

/** Where it is kept. */
export const proofFile = join(projectFolder, "docs/proof.json");

/** The proof as it is kept. */
export function readProof(): Proof {
  return JSON.parse(readFileSync(proofFile, "utf8")) as Proof;
}

/** The proof with the rows of a run instead of those that it had of the same files; the others stay as they are. */
export function addRun(proof: Proof, run: ProofRun, rows: ProofRow[]): Proof {
  const changed = new Map<string, FileRows>();
  for (const { file, ...row } of rows) {
    const known = changed.get(file) ?? { run: proof.runs.length, rows: [] };
    changed.set(file, { ...known, rows: [...known.rows, row] });
  }
  return dropUnused({
    runs: [...proof.runs, run],
    files: { ...proof.files, ...Object.fromEntries(changed) },
  });
}

/** The rows of files in which all tests passed and nothing failed: those of others are not the whole of what they tell. */
export function findWhole(rows: ProofRow[], passed: Set<string>): ProofRow[] {
  const failed = new Set(rows.filter(({ result }) => result === "failed").map(({ file }) => file));
  return rows.filter(({ file }) => passed.has(file) && !failed.has(file));
}

/** The proof without files that are gone. */
export function dropFiles(proof: Proof, isThere: (file: string) => boolean): Proof {
  const files = Object.fromEntries(Object.entries(proof.files).filter(([file]) => isThere(file)));
  return dropUnused({ ...proof, files });
}

function dropUnused({ runs, files }: Proof): Proof {
  const sorted = Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1));
  const used = [...new Set(sorted.map(([, { run }]) => run))].sort((left, right) => left - right);
  return {
    runs: used.flatMap((index) => runs[index] ?? []),
    files: Object.fromEntries(
      sorted.map(([file, { run, rows }]) => [file, { run: used.indexOf(run), rows }]),
    ),
  };
}

/** Rows that a test file has to tell and did not, by name; as many times as they are missing. */
export function findMissingRows(
  { files }: Proof,
  file: string,
  told: Pick<ProofRow, "operation" | "example">[],
): string[] {
  const left = told.map(nameRow);
  return (files[file]?.rows ?? []).map(nameRow).filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function nameRow({ operation, example }: Pick<ProofRow, "operation" | "example">): string {
  return example === undefined ? operation : `${example}: ${operation}`;
}

/** The rows that a run has told, a line of JSON each. */
export function readRows(file: string): ProofRow[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ProofRow);
}
