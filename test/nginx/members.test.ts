// The same lines are rendered and read in TypeScript, and read and changed by shell in the balancer's container.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { quote, renderCommand } from "../../engine/shell";
import { nameMember, parseMember, renderMember } from "../../nginx/members";
import { membersSh } from "../../nginx/texts";

const plain = { name: "a", port: 3000, title: "api-1", weight: 1, maxConnections: 0, backup: false };
const full = { ...plain, name: "b", title: "api-2", weight: 3, maxConnections: 50, backup: true };
const upstream = { maxFails: 3, failSeconds: 10 };
const lines = [renderMember(plain, upstream), renderMember(full, { ...upstream, sticky: {} })];
const [first = "", second = ""] = lines;

test("a replica is one line, which follows a new address of the same name", () => {
  expect(first).toBe("server a:3000 resolve max_fails=3 fail_timeout=10s; # api-1");
});

test("a line carries the share, the limit and what the cookie says", () => {
  expect(second).toBe(
    "server b:3000 resolve weight=3 max_conns=50 max_fails=3 fail_timeout=10s backup route=api-2; # api-2",
  );
});

test.each([
  [first, { text: first, name: "a", port: 3000, backup: false }],
  [second, { text: second, name: "b", port: 3000, backup: true }],
  ["server backup:80;", { text: "server backup:80;", name: "backup", port: 80, backup: false }],
  ["closed", undefined],
])("%s is read", (line, expected) => {
  expect(parseMember(line)).toEqual(expected);
});

describe("shell", () => {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-members-"));
  const list = join(folder, "api.list");
  const run = (name: string, ...words: string[]): string =>
    execFileSync("sh", ["-e"], { input: membersSh + renderCommand(name, ...words), encoding: "utf8" });
  const held = (): string[] => readFileSync(list, "utf8").trimEnd().split("\n");

  beforeEach(() => {
    writeFileSync(list, `${first}\n${second}\n`);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("lists replicas", () => {
    expect(run("list_members", "L api", list)).toBe("L api api-1 a 3000\nL api api-2 b 3000\n");
  });

  test("takes out those that are named, and no other", () => {
    const out = run("take_out", list, nameMember("b", 3000), nameMember("a", 300));
    expect(out).toBe(`${first}\n${second.replace(";", " down;")}\n`);
    writeFileSync(list, out);
    const isOut = (name: string): string =>
      execFileSync("sh", ["-e"], {
        input: `${membersSh}if is_out ${quote(list)} ${name}:3000; then echo out; fi`,
        encoding: "utf8",
      });
    expect(["a", "b"].map(isOut)).toEqual(["", "out\n"]);
  });

  test("has nobody's failures counted", () => {
    expect(run("uncount", list)).toBe(`${lines.join("\n").replaceAll("max_fails=3", "max_fails=0")}\n`);
  });

  test("adds a line once, and removes a replica", () => {
    run("add_member", list, first);
    expect(held()).toEqual(lines);
    run("remove_member", list, nameMember("a", 3000));
    expect(held()).toEqual([second]);
    run("add_member", list, first);
    expect(held()).toEqual([second, first]);
    run("remove_member", list, nameMember("a", 300));
    expect(held()).toEqual([second, first]);
    run("remove_member", join(folder, "none.list"), nameMember("a", 3000));
  });
});
