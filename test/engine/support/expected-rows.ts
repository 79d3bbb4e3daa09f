import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import type { TestProject } from "vitest/node";
import { findMissingRows, readProof, readRows } from "../../../cli/proof-file";
import type { ProofRow } from "../../../cli/proof-report";

/** Compares the rows that a run told with those that its files told when their figures were last taken over. */
export default function compareRows(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-rows-"));
  const file = (process.env.FLOTILLA_PROOF_FILE ??= join(folder, "rows.jsonl"));
  return () => {
    const told = readRows(file);
    rmSync(folder, { recursive: true, force: true });
    const { state, config } = project.vitest;
    // Who runs single tests does not expect all rows.
    if (config.testNamePattern !== undefined || project.config.testNamePattern !== undefined) return;
    const files = state
      .getFiles()
      // A file without a result had not begun when somebody ended the run.
      .filter(({ projectName, result }) => projectName === project.name && result !== undefined)
      .map(({ filepath }) => relative(config.root, filepath).split(sep).join("/"));
    const missing = findMissing(files, told);
    if (missing.length === 0) return;
    if (process.env.FLOTILLA_PROOF_ROWS !== "new") process.exitCode = 1;
    process.stderr.write(
      `\n${missing.length} rows of docs/proof.json were not told:\n${missing.join("\n")}\nA row that is gone for good, or has another name: npm run prove -- <suite> --write\n`,
    );
  };
}

/** Rows that are missing, with the file that has to tell each. */
export function findMissing(files: string[], told: ProofRow[], proof = readProof()): string[] {
  return files.flatMap((file) => {
    const own = told.filter((row) => row.file === file);
    return findMissingRows(proof, file, own).map((name) => `✗ ${file}: ${name}`);
  });
}
