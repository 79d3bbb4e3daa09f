import { join } from "node:path";
import { expect, test } from "vitest";
import { readExampleArguments } from "../../ops/example";
import { projectFolder } from "../../ops/machine.cjs";

const folder = join(projectFolder, "examples", "shop");

test.each([
  [["shop"], { program: "flotilla", args: ["up"] }],
  [["shop", "--stack", "prod"], { program: "flotilla", args: ["up", "--stack", "prod"] }],
  [["shop", "down", "--volumes"], { program: "flotilla", args: ["down", "--volumes"] }],
  [["shop", "backup", "cache"], { program: "backup", args: ["backup", "cache"] }],
])("%j is understood", (args, expected) => {
  expect(readExampleArguments(args)).toEqual({ folder, ...expected });
});

test.each([
  [[], /^The example must be one of .*shop.*, got nothing\.$/],
  [["shoe"], /^The example must be one of .*shop.*, got shoe\.$/],
  [["yaml"], /, got yaml\.$/],
  [["shop", "upp"], /^The command must be one of up, preview, down, backup, restore, got upp\.$/],
])("%j is refused in one sentence", (args, message) => {
  expect(readExampleArguments(args)).toMatch(message);
});
