import { writeFileSync } from "node:fs";
import { Failure } from "../failure";
import { say } from "../processes";

/** Writes a page into a file, and says so. */
export function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new Failure(`--html ${file} cannot be written: ${(error as Error).message}`);
  }
  say(`Written: ${file}`);
}
