import { join } from "node:path";
import { expect, test } from "vitest";
import { readExampleArguments } from "../../cli/example";
import { projectFolder } from "../../cli/bare/machine.cjs";

const folder = join(projectFolder, "examples", "scaling-lab");

test.each([
  [["scaling-lab"], { program: "flotilla", args: ["up"] }],
  [["scaling-lab", "--stack", "prod"], { program: "flotilla", args: ["up", "--stack", "prod"] }],
  [
    ["scaling-lab", "up", "--replicas", "counter=3", "--yes"],
    { program: "flotilla", args: ["up", "--config", "scaling-lab:replicas=3", "--yes"] },
  ],
  [
    ["scaling-lab", "--replicas=counter=3"],
    { program: "flotilla", args: ["up", "--config", "scaling-lab:replicas=3"] },
  ],
  [["scaling-lab", "down", "--volumes"], { program: "flotilla", args: ["down", "--volumes"] }],
  [["scaling-lab", "backup", "cache"], { program: "backup", args: ["backup", "cache"] }],
])("%j is understood", (args, expected) => {
  expect(readExampleArguments(args)).toEqual({ folder, ...expected });
});

test.each([
  [[], /^The example must be one of .*scaling-lab.*, got nothing\.$/],
  [["shoe"], /^The example must be one of .*scaling-lab.*, got shoe\.$/],
  [["yaml"], /, got yaml\.$/],
  [["scaling-lab", "--replicas", "3"], /^--replicas must be like app=3, got 3\.$/],
  [["scaling-lab", "upp"], /^The command must be one of up, preview, down, backup, restore, got upp\.$/],
])("%j is refused in one sentence", (args, message) => {
  expect(readExampleArguments(args)).toMatch(message);
});
