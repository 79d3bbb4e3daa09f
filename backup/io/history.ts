import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { History } from "../metrics";

/** Reads what became of earlier attempts; of a first start, nothing is due that was due before. */
export function readHistory(file: string, now: number): History {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as History;
  } catch {
    return { doneUntil: now, failures: 0 };
  }
}

/** Keeps it. */
export function writeHistory(file: string, history: History): void {
  writeFileSync(`${file}.part`, JSON.stringify(history));
  renameSync(`${file}.part`, file);
}
