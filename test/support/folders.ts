import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes an empty folder, which is there until the test is over. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Makes an empty folder, in which the test works. */
export function enterFolder(): string {
  const before = process.cwd();
  const folder = makeFolder();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
  });
  return folder;
}
