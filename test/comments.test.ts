import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readImports } from "./support/imports";

const root = join(__dirname, "..");
/** The start of such a comment, and the rest of the line on which it says What. */
const saysWhat = /\/\*\*(?:\s|\*(?!\/))*What\b.*/g;

test("no comment on a declaration begins with What", () => {
  const files = [...readImports(root).keys()].filter((file) => !/^test\/|\/bundle\.ts$/.test(file));
  const found = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(saysWhat)].map(([comment]) => `${file}: ${comment}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ["/** What it is. */", true],
  ["/**\n   * What it is.\n   */", true],
  ["/** Whatever it is. */", false],
  ["/** Says\n * What it is. */", false],
])("%j: %j", (text, isFound) => {
  expect(text.match(saysWhat) !== null).toBe(isFound);
});
