import { expect, test } from "vitest";
import { mergeEvents, parseEvent, readMoment, recallEvents } from "../../../cli/operator/events";
import { parseHistory, renderHistory } from "../../../cli/operator/history";
import { makePart } from "../../support/parts";

const at = Date.parse("2026-11-27T10:00:00Z");
const printed = JSON.stringify([
  {
    ...{ kind: "update", startTime: "2026-11-27T09:58:00.000Z", endTime: "2026-11-27T09:58:42.000Z" },
    ...{ message: "A new price\n\nwith reasons", result: "failed", version: 0 },
    environment: { "git.committer": "Ada", "git.head": "0123456789", "git.dirty": "true" },
    config: { "shop:key": { value: "hidden", secret: true } },
    resourceChanges: { create: 2, update: 1, replace: 3, same: 30 },
  },
  { kind: "destroy", startTime: "2026-11-26T09:00:00.000Z", message: "", result: "succeeded", version: 7 },
]);

test("the history says who deployed what and how it ended, and no settings", () => {
  const history = parseHistory(printed);
  expect(JSON.stringify(history)).not.toContain("hidden");
  expect(renderHistory(history, at, 100)).toEqual([
    "NO  AGO  WHAT     RESULT     TOOK  CHANGES   WHO  COMMIT    MESSAGE",
    " 2  2 m  update   failed     42 s  +2 ~1 ±3  Ada  0123456+  A new price",
    " 7  1 d  destroy  succeeded   0 s  none",
  ]);
  expect(renderHistory(parseHistory(""), at, 80)).toEqual(["Nothing was deployed yet."]);
  expect(parseHistory("null")).toEqual([]);
});

test.each([
  ["start", {}, ["api-1 is started"]],
  ["die", { exitCode: "137" }, ["api-1 has ended with 137"]],
  ["kill", { signal: "15" }, ["api-1 gets signal 15"]],
  ["health_status: unhealthy", {}, ["api-1 is unhealthy"]],
  ["exec_create: sh -c true", {}, []],
])("the event %s", (Action, more, expected) => {
  const line = JSON.stringify({
    Action,
    timeNano: at * 1e6,
    Actor: { Attributes: { replica: "api-1", ...more } },
  });
  const told = parseEvent(line, ({ replica = "" }) => replica);
  expect(told.map(({ title, what }) => `${title} ${what}`)).toEqual(expected);
});

test("what the engine has forgotten is told by the containers, and nothing twice", () => {
  const ended = { state: "exited", exitCode: 137, outOfMemory: true, endedAt: at - 60_000 };
  const parts = [makePart({ title: "api-1", startedAt: at - 1500 }), makePart({ title: "api-2", ...ended })];
  const heard = { time: "2026-11-27T09:59:58.900Z", title: "api-1", what: "is started" };
  const events = mergeEvents([...recallEvents(parts), heard], readMoment("5m", at));
  expect(events.map(({ title, what }) => `${title} ${what}`)).toEqual([
    ...["api-2 has ended with 137, out of memory", "api-1 is started"],
  ]);
});

test.each([
  ["1h30m", at - 5_400_000],
  ["2026-11-27T09:00:00Z", at - 3_600_000],
])("%s is a moment", (text, moment) => {
  expect(readMoment(text, at)).toBe(moment);
});
