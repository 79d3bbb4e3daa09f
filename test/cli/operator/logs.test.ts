import { describe, expect, test } from "vitest";
import {
  createPainter,
  describeAnswer,
  isWanted,
  mergeLines,
  parseLogLine,
  readFilter,
  titleLogs,
} from "../../../cli/operator/log-lines";
import { followLogs, type LogRequest, readLogs } from "../../../cli/operator/logs";
import { plain } from "../../../cli/operator/style";
import type { Follow } from "../../../engine/streams";
import { connect, fakeDocker, resetDocker } from "../../support/fake-docker";
import { makePart } from "../../support/parts";

const json = (status: number) =>
  `{"time":"2026-11-27T09:00:00+00:00","request_id":"a","client":"10.0.0.1","method":"GET","host":"x","uri":"/","status":${status},"bytes":1,"seconds":0.1}`;
const combined = (status: number) =>
  `10.0.0.1 - - [27/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" ${status} 12 "-" "curl"`;

test("lines of several logs are in the order of time", () => {
  const one = [
    parseLogLine("api-1", "2026-11-27T09:00:01.2Z a"),
    parseLogLine("api-1", "2026-11-27T09:00:03.0Z c d"),
  ];
  const other = [
    parseLogLine("api-2", "2026-11-27T09:00:02.5Z b"),
    parseLogLine("api-2", "2026-11-27T09:00:04.5Z"),
  ];
  expect(mergeLines([one, other]).map(({ title, text }) => `${title} ${text}`)).toEqual([
    ...["api-1 a", "api-2 b", "api-1 c d", "api-2 "],
  ]);
});

describe("lines are chosen", () => {
  const line = (text: string) => ({ title: "balancer", time: "", text });

  test.each([
    ["404", json(404), true],
    ["5xx", json(502), true],
    ["404,5xx", json(200), false],
    ["4xx", combined(404), true],
    ["4xx", combined(200), false],
    ["5xx", "failed with 500", false],
  ])("by the status %s", (status, text, expected) => {
    expect(isWanted(line(text), readFilter({ status }))).toBe(expected);
  });

  test("by a pattern", () => {
    const filter = readFilter({ grep: "ERROR|deadlock" });
    expect(isWanted(line("a deadlock"), filter)).toBe(true);
    expect(isWanted(line("all is well"), filter)).toBe(false);
    expect(isWanted(line("all is well"), readFilter({}))).toBe(true);
  });

  test.each([
    [{ grep: "(" }, /^--grep must be a regular expression, got "\(" \(.*\)\. Write a backslash/],
    [{ status: "600" }, '--status must be statuses such as 404 or 5xx, got "600". Write it like 404,5xx.'],
    [{ status: "5x" }, '--status must be statuses such as 404 or 5xx, got "5x".'],
  ])("what cannot be is refused: %j", (given, message) => {
    expect(() => readFilter(given)).toThrow(message);
  });
});

const same = (address: string) => address;

test.each([
  [
    '{"time":"x","request_id":"a","client":"10.0.0.1","method":"GET","host":"shop.example","uri":"/a?b=1","status":502,"bytes":12,"seconds":0.094,"upstream":"10.0.0.2:3000, 10.0.0.3:3000","upstream_status":"502, 502"}',
    "502 GET shop.example/a?b=1 94 ms, 12 bytes, by api-1, api-2",
  ],
  [
    '{"time":"x","method":"GET","host":"h","uri":"/","status":200,"bytes":1,"seconds":0.1,"replica":"api-9","upstream":"10.0.0.2:3000, 10.0.0.3:3000"}',
    "200 GET h/ 100 ms, 1 bytes, by api-1, api-9",
  ],
  ['{"time":"x","status":200,"cut', '{"time":"x","status":200,"cut'],
  ['{"level":"info"}', '{"level":"info"}'],
  ["plain", "plain"],
])("an answer of the balancer is said for people: %s", (text, told) => {
  const names: Record<string, string> = { "10.0.0.2:3000": "api-1", "10.0.0.3:3000": "api-2" };
  expect(describeAnswer(text, (address) => names[address] ?? address)).toBe(told);
});

test("each container has its colour and stands in its column", () => {
  const paint = createPainter((color, text) => `<${color}>${text}`, same);
  const line = (title: string) => paint({ title, time: "", text: "x" }, 6);
  expect(["api-1", "api-2", "api-1"].map(line)).toEqual([
    ...["<cyan>api-1  | x", "<yellow>api-2  | x", "<cyan>api-1  | x"],
  ]);
  expect(createPainter(plain, same)({ title: "api-1", time: "", text: "x" }, 5)).toBe("api-1 | x");
});

test("two containers of one replica, or of two components, are told apart", () => {
  const old = makePart({ title: "api-1", id: "aaaa1" });
  const now = makePart({ title: "api-1", id: "bbbb1" });
  expect([...titleLogs([old, now]).values()]).toEqual(["api-1@aaaa", "api-1@bbbb"]);
  const other = makePart({ title: "api-1", id: "cccc1", service: "admin" });
  expect([...titleLogs([old, other]).values()]).toEqual(["app/api-1", "admin/api-1"]);
});

/** An engine whose logs are these, and whose streams a test drives. */
function fakeStreams(logs: Record<string, string[]>) {
  const runs: string[][] = [];
  const takes = new Map<string, (line: string) => void>();
  const ends = new Map<string, () => void>();
  const follow: Follow = (_, args, take) => {
    runs.push(args);
    const key = args[0] === "events" ? "events" : (args.at(-1) ?? "");
    if (args[0] === "logs") (logs[key] ?? []).forEach(take);
    takes.set(key, take);
    const isOver = args[0] === "logs" && !args.includes("--follow");
    const ended = isOver
      ? Promise.resolve({ code: 0, stderr: "" })
      : new Promise<{ code: number; stderr: string }>((resolve) => {
          ends.set(key, () => {
            resolve({ code: 0, stderr: "" });
          });
        });
    return { ended, stop: () => ends.get(key)?.() };
  };
  return { follow, runs, takes, ends };
}

const one = makePart({ title: "api-1", pool: "api", id: "one" });
const two = makePart({ title: "api-2", pool: "api", id: "two" });

function request(follow: Follow, own: Partial<LogRequest> = {}): LogRequest {
  return {
    ...{ engine: connect(), label: "shop/dev", parts: [one, two], choose: (all) => all },
    ...{ since: undefined, tail: "all", filter: readFilter({}), follow },
    ...own,
  };
}

const lines = { one: ["2026-11-27T09:00:01Z a", "2026-11-27T09:00:03Z c"], two: ["2026-11-27T09:00:02Z b"] };

test("the last lines are those of all together", async () => {
  const { follow, runs } = fakeStreams(lines);
  const read = await readLogs(request(follow, { tail: "2", since: "10m" }));
  expect(read.map(({ text }) => text)).toEqual(["b", "c"]);
  expect(runs[0]).toEqual(["logs", "--timestamps", "--since=10m", "--tail=2", "one"]);
});

test("where lines are chosen, each log is read as a whole", async () => {
  const { follow, runs } = fakeStreams(lines);
  const read = await readLogs(request(follow, { tail: "1", filter: readFilter({ grep: "a|b" }) }));
  expect(read.map(({ text }) => text)).toEqual(["b"]);
  expect(runs[0]).toEqual(["logs", "--timestamps", "one"]);
});

test("lines go on through an update: a new replica joins, the old one ends", async () => {
  const { follow, takes, ends } = fakeStreams({});
  const shown: string[] = [];
  const told: string[] = [];
  const choose = () => [one, makePart({ title: "api-2", pool: "api", id: "new" })];
  fakeDocker.answer = () => ({ code: 0, stdout: "", stderr: "" });
  const stream = followLogs(request(follow, { choose }), "2026-11-27T09:00:00Z", {
    show: ({ title, text }) => shown.push(`${title} ${text}`),
    tell: (message) => told.push(message),
  });
  takes.get("two")?.("2026-11-27T09:00:02Z old");
  takes.get("one")?.("2026-11-27T09:00:01Z first");
  takes.get("events")?.("new");
  await new Promise((resolve) => setTimeout(resolve, 20));
  takes.get("new")?.("2026-11-27T09:00:03Z new");
  ends.get("two")?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  stream.stop();
  await stream.ended;
  resetDocker();
  expect(shown).toEqual(["api-1 first", "api-2 old", "api-2 new"]);
  expect(told).toEqual(["api-2 has started", "api-2 has ended"]);
});
