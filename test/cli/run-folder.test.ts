import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { makeRunFolder } from "../../cli/run-folder";
import { makeFolder } from "../support/folders";

/** The name of a folder as a process with that number would have made it. */
function nameFor(pid: number, own: string): string {
  return basename(own).replace(`-${process.pid}-`, `-${pid}-`);
}

test("what a command writes down can be read by its user alone", () => {
  expect(statSync(makeRunFolder(makeFolder())).mode & 0o777).toBe(0o700);
});

test("the folder of a command that was killed goes with the next command, and no other does", async () => {
  const within = makeFolder();
  const own = makeRunFolder(within);
  const child = spawn("sleep", ["60"]);
  const { pid = 0 } = child;
  const running = join(within, nameFor(pid, own));
  mkdirSync(running);
  writeFileSync(join(running, "events.json"), "{}");
  const elsewhere = join(within, nameFor(pid, own).replace("flotilla-run-", "flotilla-run-other"));
  mkdirSync(elsewhere);
  mkdirSync(join(within, "flotilla-something"));

  makeRunFolder(within);
  expect(existsSync(running)).toBe(true);

  child.kill("SIGKILL");
  await once(child, "exit");
  const target = makeFolder();
  symlinkSync(target, join(within, `${nameFor(pid, own)}x`));
  const next = makeRunFolder(within);
  expect(existsSync(running)).toBe(false);
  expect(readdirSync(within)).toEqual(
    expect.arrayContaining(
      [own, elsewhere, next].map((folder) => basename(folder)).concat("flotilla-something"),
    ),
  );
  expect(existsSync(target)).toBe(true);
});
