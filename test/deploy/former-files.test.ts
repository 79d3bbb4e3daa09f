import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { renderFolders } from "../../deploy/configuration-files";
import { makeFolder } from "../support/folders";

let folder: string;
let pushes: number;

beforeEach(() => {
  folder = makeFolder();
  pushes = 0;
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Makes another configuration live, whose only folder has a hash. */
function push(hash: string, keepSeconds = 60, former: string[] = []): void {
  mkdirSync(join(folder, "next"), { recursive: true });
  const text = renderFolders([{ path: "static/web", hash, keepSeconds, former }]);
  const script = text.replaceAll("/etc/flotilla/store", join(folder, "store"));
  const { status, stderr } = spawnSync("sh", ["-e", "-s"], { cwd: folder, input: script, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const name = `configuration-${(pushes += 1)}`;
  spawnSync("mv", ["next", name], { cwd: folder });
  rmSync(join(folder, "live"), { force: true });
  symlinkSync(name, join(folder, "live"));
}

const former = (file: string): string => join(folder, "live/static/web.former", file);

const since = (): string => join(folder, "store/former-web.since");

/** Has the first file that is kept been gone for longer than it is kept. */
function age(): void {
  writeFileSync(since(), readFileSync(since(), "utf8").replace(/^\d+/, "1000"));
}

test("what a folder had stays beside what it has, under its own folders", () => {
  write("store/a/index.js", "a");
  write("store/a/deep/a b.js", "deep");
  push("a");
  write("store/b/index.js", "b");
  push("b");
  expect(readFileSync(join(folder, "live/static/web/index.js"), "utf8")).toBe("b");
  expect(readFileSync(former("index.js"), "utf8")).toBe("a");
  expect(readFileSync(former("deep/a b.js"), "utf8")).toBe("deep");
});

test("it goes with the first update after its time, and its text does not stay in the volume", () => {
  write("store/a/old.js", "a");
  push("a");
  write("store/b/new.js", "b");
  push("b");
  age();
  push("b");
  expect(existsSync(former("old.js"))).toBe(false);
  expect(readFileSync(since(), "utf8")).toBe("");
});

test("one that comes and goes again stays from the last time on", () => {
  write("store/a/x.js", "a");
  push("a");
  write("store/b/y.js", "b");
  push("b");
  age();
  write("store/a/x.js", "a");
  push("a");
  push("b");
  expect(existsSync(former("x.js"))).toBe(true);
});

test("where nothing is to be kept, there is no such folder", () => {
  write("store/a/x.js", "a");
  push("a", 0);
  expect(readdirSync(join(folder, "live/static"))).toEqual(["web"]);
  expect(readdirSync(join(folder, "store"))).toEqual(["a"]);
});

test("what further versions had stays, too, also where another configuration goes on with its folders", () => {
  write("store/a/a.js", "a");
  write("store/c/c.js", "c");
  write("store/b/b.js", "b");
  push("b", 60, ["a", "c"]);
  expect([former("a.js"), former("c.js")].map((file) => readFileSync(file, "utf8"))).toEqual(["a", "c"]);
  spawnSync("cp", ["-R", "configuration-1", "next"], { cwd: folder });
  write("store/d/d.js", "d");
  push("d");
  expect(readFileSync(join(folder, "live/static/web/d.js"), "utf8")).toBe("d");
  expect(readFileSync(join(folder, "live/static.list"), "utf8")).toBe("static/web d 60\n");
  expect(["a.js", "b.js", "c.js"].every((file) => existsSync(former(file)))).toBe(true);
});
