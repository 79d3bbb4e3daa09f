import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { deriveSh } from "../../deploy/texts";
import { composeShell } from "../../engine/shell";
import { ticketKeys } from "../../nginx/tls";
import { makeFolder } from "../support/folders";

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

/** Gives another configuration its keys; tells them in their order. */
function give(): string[] {
  mkdirSync(join(folder, "next"), { recursive: true });
  const { status, stderr } = spawnSync("sh", ["-e", "-s"], {
    cwd: folder,
    input: composeShell({ ticket_seconds: 100 }, deriveSh, "give_tickets next\n"),
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return ticketKeys.map((file) => readFileSync(join(folder, "next", file)).toString("hex"));
}

function age(seconds: number): void {
  writeFileSync(join(folder, "tickets/since"), `${Math.floor(Date.now() / 1000) - seconds}\n`);
}

test("four keys are made, of 80 bytes each, which nobody else reads", () => {
  const keys = give();
  expect(new Set(keys).size).toBe(4);
  expect(keys.map(({ length }) => length)).toEqual([160, 160, 160, 160]);
  for (const file of [...ticketKeys, "tickets"])
    expect(statSync(join(folder, "next", file)).mode & 0o077).toBe(0);
});

test("they stay for their time, whatever else changes", () => {
  const keys = give();
  age(90);
  expect(give()).toEqual(keys);
});

test("then the next one, which all know, is used, and those of before are still read", () => {
  const [now, next, before] = give();
  age(101);
  const keys = give();
  expect([keys[0], keys[2], keys[3]]).toEqual([next, now, before]);
  expect(keys[1]).not.toBe(next);
  expect(give()).toEqual(keys);
});

test("where their time has passed several times, all are others", () => {
  const keys = give();
  age(100_000);
  expect(give().some((key) => keys.includes(key))).toBe(false);
});
