import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { describeUpdate, removeLeftLocks } from "../../cli/left-locks";
import { makeFolder } from "../support/folders";

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});
const gone = spawnSync(process.execPath, ["--version"]).pid;
const own = hostname();

const cases: [string, string, unknown, isLeft: boolean][] = [
  ["of a process that is gone", "dev", { pid: gone, hostname: own, timestamp: "noon" }, true],
  ["of one that runs", "dev", { pid: process.pid, hostname: own, timestamp: "noon" }, false],
  ["of another machine", "dev", { pid: gone, hostname: `${own}-2`, timestamp: "noon" }, false],
  ["of another stack", "prod", { pid: gone, hostname: own, timestamp: "noon" }, false],
  ["that says nothing", "dev", "", false],
];

test.each(cases)("a lock %s: in %s, %j, is removed: %s", (_, stack, lock, isLeft) => {
  const place = join(folder, ".pulumi/locks/organization/flotilla", stack);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "1.json"), JSON.stringify(lock));
  const environment = { PULUMI_BACKEND_URL: `${pathToFileURL(folder).href}?metadata=skip` };
  const said = isLeft
    ? [`The update of noon (process ${gone}) was ended before it was done: its lock is removed.`]
    : [];
  expect(removeLeftLocks(environment, "dev")).toEqual(said);
  expect(existsSync(join(place, "1.json"))).toBe(!isLeft);
});

test("a lock of a process that runs, or of another machine, is that of an update under way", () => {
  const place = join(folder, ".pulumi/locks/organization/flotilla/dev");
  mkdirSync(place, { recursive: true });
  const environment = { PULUMI_BACKEND_URL: pathToFileURL(folder).href };
  const say = (lock: object) => {
    writeFileSync(join(place, "1.json"), JSON.stringify({ timestamp: "noon", ...lock }));
    return describeUpdate(environment, "dev");
  };
  expect(say({ pid: gone, hostname: own })).toBeUndefined();
  expect(say({ pid: process.pid, hostname: own })).toBe(
    `another update is under way (process ${process.pid} on ${own}, since noon)`,
  );
  expect(say({ pid: gone, hostname: "other" })).toContain("on other");
  expect(describeUpdate(environment, "prod")).toBeUndefined();
});

test.each([undefined, "s3://states", "https://api.pulumi.com", "file://~/states"])(
  "a state at %s has none to remove",
  (url) => {
    expect(removeLeftLocks({ PULUMI_BACKEND_URL: url }, "dev")).toEqual([]);
  },
);
