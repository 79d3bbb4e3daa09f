import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program of a Debian package, which is installed where that can be done; undefined where it is not to be had. */
export async function runTool(
  program: string,
  debianPackage: string,
  args: string[],
): Promise<string | undefined> {
  if (!(await isThere(program))) {
    if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return undefined;
    await run("apt-get", ["install", "--yes", "--no-install-recommends", debianPackage]);
  }
  const { stdout } = await run(program, args);
  return stdout;
}

async function isThere(program: string): Promise<boolean> {
  return run("sh", ["-c", `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

/** The number after a label in what a program printed, such as `Failed requests:`. */
export function readNumber(text: string, label: string): number {
  const found = new RegExp(`${label}\\s*([\\d.]+)`).exec(text)?.[1];
  if (found === undefined) throw new Error(`There is no "${label}" in:\n${text}`);
  return Number(found);
}
