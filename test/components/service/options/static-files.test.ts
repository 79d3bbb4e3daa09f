import { mkdirSync, rmSync, truncateSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resetDocker } from "../../../support/fake-docker";
import { enterFolder } from "../../../support/folders";
import { describeFaults, inputOf, minimalPool, recordService } from "../../../support/service";

let folder: string;

beforeEach(() => {
  folder = enterFolder();
  mkdirSync(join(folder, "public"));
  writeFileSync(join(folder, "public", "index.html"), "<h1>Shop</h1>");
});

afterEach(() => {
  resetDocker();
});

const routes = [
  { pool: "api" },
  { path: "/assets/", static: { folder: "public" } },
  { path: "/again/", static: { folder: "./public/" } },
];
const recordStatic = (pool = minimalPool) => recordService({ pools: { api: pool }, routes });
const describeStatic = (): string[] =>
  describeFaults({ pools: { api: minimalPool }, routes: routes.slice(0, 2) });

test("the push gets a folder's path from the project's folder and a hash, and no content", async () => {
  const recording = await recordStatic();
  const { inputs } = recording.find("app-balancer-push");
  const { folders } = inputOf(recording.find("app-balancer-push"));
  expect(folders).toEqual([
    {
      path: expect.stringMatching(/^static\/[0-9a-f]{8}$/) as string,
      folder: expect.stringMatching(/^(?:\.\/)?public\/?$/) as string,
      hash: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      keepSeconds: 0,
    },
  ]);
  expect(JSON.stringify(inputs)).not.toContain(folder);
  expect(JSON.stringify(inputs)).not.toContain("<h1>Shop");
});

test("a changed file changes the push alone", async () => {
  const before = await recordStatic();
  writeFileSync(join(folder, "public", "index.html"), "<h1>Sale</h1>");
  const after = await recordStatic();
  const changed = before.resources.filter(
    ({ name, inputs }) => JSON.stringify(inputs) !== JSON.stringify(after.find(name).inputs),
  );
  expect(changed.map(({ name }) => name)).toEqual(["app-balancer-push"]);
  expect(changed[0]?.inputs.triggers).not.toEqual(after.find("app-balancer-push").inputs.triggers);
});

test("a folder with too much is refused", () => {
  truncateSync(join(folder, "public", "index.html"), 64 * 1024 ** 2);
  expect(describeStatic()).toEqual([]);
  truncateSync(join(folder, "public", "index.html"), 64 * 1024 ** 2 + 1);
  expect(describeStatic()).toEqual([
    'routes[1].static.folder must hold at most 64 MiB, got "65 MiB". Serve large files from a pool of their own.',
  ]);
});

test("a folder with nothing but what is left out is refused", () => {
  rmSync(join(folder, "public", "index.html"));
  writeFileSync(join(folder, "public", ".env"), "A=1");
  expect(describeStatic()).toEqual([
    "routes[1].static.folder must hold files, got 0. Those whose names start with a dot do not count.",
  ]);
});

test("a link is refused, since it may lead out of the folder", () => {
  symlinkSync("/etc/passwd", join(folder, "public", "users.txt"));
  expect(describeStatic()).toEqual([
    'routes[1].static.folder must hold no symbolic links, got "public/users.txt". Another machine may not have what it leads to: put the file in its place.',
  ]);
});
