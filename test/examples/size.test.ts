// An example is small enough to read.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(__dirname, "../../examples");
const programs = readdirSync(folder).filter((name) => existsSync(join(folder, name, "index.ts")));
const countLines = (...path: string[]) =>
  readFileSync(join(folder, ...path), "utf8")
    .trimEnd()
    .split("\n").length;

const stackFiles = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, "index.js")))
  .flatMap((name) => ["dev", "prod"].map((stack) => [name, `Pulumi.${stack}.yaml`] as const));

test.each(stackFiles)("%s: %s has at most 38 lines of settings, and its README 60", (name, file) => {
  const lines = readFileSync(join(folder, name, file), "utf8").split("\n");
  const settings = lines.filter((line) => !/^ *(?:#|$)|^config:$/.test(line));
  expect(settings.length).toBeGreaterThanOrEqual(14);
  expect(settings.length).toBeLessThanOrEqual(38);
  expect(countLines(name, "README.md")).toBeLessThanOrEqual(60);
});

test.each(programs)("%s: the program has at most 120 lines, and its README 60", (name) => {
  expect(countLines(name, "index.ts")).toBeLessThanOrEqual(120);
  expect(countLines(name, "README.md")).toBeLessThanOrEqual(60);
});
