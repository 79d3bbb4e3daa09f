import { expect, test } from "vitest";
import { readExample } from "../../cli/example";

test.each([
  [[], ["up"]],
  [
    ["--stack", "prod"],
    ["up", "--stack", "prod"],
  ],
  [
    ["up", "--replicas", "counter=3", "--yes"],
    ["up", "--config", "scaling-lab:replicas=3", "--yes"],
  ],
  [["--replicas=counter=3"], ["up", "--config", "scaling-lab:replicas=3"]],
  [
    ["down", "--volumes"],
    ["down", "--volumes"],
  ],
])("%j is understood", (words, expected) => {
  expect(readExample("scaling-lab", words, ["up", "down"]).words).toEqual(expected);
});
