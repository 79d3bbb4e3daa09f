import { expect, test } from "vitest";
import { renderEventLine } from "../../../cli/progress/json-lines";
import { describeChanges, describeGone } from "../../../cli/progress/receipt";
import { endOf, replay } from "./support";

test.each([
  ["first-up", "worker: 1 replica made; worker-balancer made; api: 1 replica made; balancer made, in 12 s."],
  ["nothing", "Nothing changed: 4 unchanged, in 12 s."],
  ["update", "api: 1 replica replaced; 2 unchanged, in 12 s."],
  ["scale", "api: 2 replicas made, 1 replaced; 2 unchanged, in 12 s."],
  ["scale-down", "api: 1 replica replaced, 2 removed; 2 unchanged, in 12 s."],
  ["rolling", "api: 3 replicas replaced; 2 unchanged, in 12 s."],
])("%s ends with what has changed", (log, receipt) => {
  expect(describeChanges(endOf(log), 12_300)).toBe(receipt);
});

test("a down ends with what has gone", () => {
  expect(describeGone("dev", endOf("down"), 7100)).toBe(
    "The stack dev is down: 4 containers, 2 networks, 2 volumes without data removed, in 7.1 s.",
  );
  expect(describeGone("dev", endOf("bad-setting"), 900)).toBe(
    "The stack dev is down: nothing of it was there.",
  );
});

test("programs get an object for each event", () => {
  const start = Date.parse("2026-11-27T10:00:00Z");
  const lines = replay("update").flatMap(({ event, at }) => renderEventLine(event, start + at) ?? []);
  expect(lines.filter((line) => line.includes('"healthy"') || line.includes('"drained"')))
    .toMatchInlineSnapshot(`
      [
        "{"at":"2026-11-27T10:00:04.000Z","event":"healthy","part":"api-1","kind":"replica","component":"app","pool":"api","old":false,"text":"api-1 is healthy after 0.3 s"}",
        "{"at":"2026-11-27T10:00:07.000Z","event":"drained","part":"api-1","kind":"replica","component":"app","pool":"api","old":true,"text":"api-1 is drained in 0 s"}",
      ]
    `);
  expect(lines.at(-1)).toMatchInlineSnapshot(
    `"{"at":"2026-11-27T10:00:07.000Z","event":"end","ok":true,"changes":{"replace":3,"same":18}}"`,
  );
});
