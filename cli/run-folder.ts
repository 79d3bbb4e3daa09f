import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./processes";

// Another machine, or a container, may have the same folder, and processes of its own.
const start = `flotilla-run-${hostname().replaceAll(/[^A-Za-z0-9]/g, "")}-`;

/**
 * Makes a folder for what a command writes down while it runs, such as Pulumi's log of events, which nobody else can read; removes
 * those of commands that were killed.
 */
export function makeRunFolder(within = tmpdir()): string {
  for (const folder of findLeft(within)) rmSync(folder, { recursive: true, force: true });
  return mkdtempSync(join(within, `${start}${process.pid}-`));
}

function findLeft(within: string): string[] {
  return readdirSync(within).flatMap((name) => {
    const pid = name.startsWith(start) ? /^(\d+)-/.exec(name.slice(start.length))?.[1] : undefined;
    const folder = join(within, name);
    return pid !== undefined && !isAlive(Number(pid)) && isOwn(folder) ? [folder] : [];
  });
}

function isOwn(folder: string): boolean {
  const info = lstatSync(folder, { throwIfNoEntry: false });
  return info?.isDirectory() === true && (process.getuid === undefined || info.uid === process.getuid());
}
