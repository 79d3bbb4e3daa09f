import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findTried, takeSteps, type Trial } from "../../deploy/canary";
import type { Canary } from "../../deploy/canary-settings";
import type { Live } from "../../deploy/live";
import type { PushedUpstream, PushTask } from "../../deploy/tasks";
import type { Engine, Outcome } from "../../engine/client";
import type { Compared } from "../../nginx/comparison";
import { type MemberLine, parseMember } from "../../nginx/members";

const canary: Canary = {
  ...{ steps: [10, 50], seconds: 5, mostSeconds: 15, leastRequests: 50 },
  ...{ errorPercent: 1, slowdown: 2, slowdownSeconds: 0.05, sharesClients: false },
};

const said: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  said.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text).trim()) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const lineOf = (name: string): string =>
  `server ${name.replace("*", "")}:3000 resolve max_fails=3 fail_timeout=10s${name.endsWith("*") ? " backup" : ""}; # api-1`;

function upstreamOf(name: string, replicas: string[]): PushedUpstream {
  return {
    ...{ name, port: 3000, failSeconds: 10, idleSeconds: 1.5, drainSeconds: 5, streamSeconds: 5 },
    probe: { path: "/", protocol: "http", seconds: 3, takesAnyAnswer: false },
    lines: replicas.map(lineOf),
    gates: replicas.map((replica, i) => ({ replica, title: `${name}-${i + 1}`, startSeconds: 5 })),
  };
}

function taskOf(
  pools: Record<string, string[]>,
  canaries: Record<string, Canary> = { api: canary },
): PushTask {
  const upstreams = Object.entries(pools).map(([name, replicas]) => upstreamOf(name, replicas));
  return { upstreams, canaries } as unknown as PushTask;
}

function liveOf(pools: Record<string, string[]>): Live {
  const read = (replicas: string[]): MemberLine[] =>
    replicas.flatMap((each) => parseMember(lineOf(each)) ?? []);
  const members = new Map(Object.entries(pools).map(([name, replicas]) => [name, read(replicas)]));
  return { members, isOpen: true, isProvisional: false };
}

/** What the balancer says when it is asked: its figures, by how often it was asked in this step. */
type Say = (id: string, times: number) => object | "undone" | undefined;

function fakeEngine({
  running = [] as string[],
  say = (): undefined => undefined,
}: { running?: string[]; say?: Say } = {}): Engine {
  const done = (stdout: string): Outcome => ({ code: 0, stdout, stderr: "" });
  const asked = new Map<string, number>();
  return {
    attempt: (args: string[]) => {
      if (args[0] === "logs") return Promise.resolve(done("a last word"));
      const names = args.filter((arg) => running.includes(arg));
      const states = names.map((name) =>
        JSON.stringify({
          name: `/${name}`,
          state: { Status: "running", ExitCode: 0, OOMKilled: false },
          restarts: 0,
        }),
      );
      return Promise.resolve({ code: 0, stdout: states.join("\n"), stderr: "" });
    },
    inside: (_: string, script: string) => {
      const id = /\bid='?([\d-]+)/.exec(script)?.[1] ?? "";
      asked.set(id, (asked.get(id) ?? 0) + 1);
      const answer = say(id, asked.get(id) ?? 0);
      if (answer === undefined) return Promise.resolve({ code: 1, stdout: "", stderr: "no answer" });
      return Promise.resolve(done(answer === "undone" ? answer : JSON.stringify(answer)));
    },
  } as unknown as Engine;
}

describe("what is let in by steps", () => {
  const find = async (live: string[], next: string[], running = live, canaries = { api: canary }) =>
    (await findTried(fakeEngine({ running }), taskOf({ api: next }, canaries), liveOf({ api: live })))
      .length > 0;

  test.each([
    ["a new version", ["a", "b"], ["c", "d"], true],
    ["a new version with more replicas", ["a"], ["c", "d"], true],
    ["a new version with fewer", ["a", "b"], ["c"], true],
    ["the first version", [], ["a", "b"], false],
    ["no change", ["a", "b"], ["a", "b"], false],
    ["more replicas", ["a"], ["a", "b"], false],
    ["fewer replicas", ["a", "b"], ["a"], false],
    ["a replica in the place of one that is gone", ["a", "b"], ["a", "c"], false],
  ])("%s: %j to %j", async (_, live, next, isTried) => {
    expect(await find(live, next)).toBe(isTried);
  });

  test("nothing where no old replica runs, or only spares do", async () => {
    expect(await find(["a", "b"], ["c", "d"], [])).toBe(false);
    expect(await find(["a", "b"], ["c", "d"], ["b"])).toBe(true);
    expect(await find(["a", "b*"], ["c", "d"], ["b"])).toBe(false);
  });

  test("nothing where the update is told to go without", async () => {
    vi.stubEnv("FLOTILLA_WITHOUT_CANARY", "true");
    expect(await find(["a"], ["b"])).toBe(false);
    vi.unstubAllEnvs();
    expect(await find(["a"], ["b"])).toBe(true);
  });

  test("nothing where the pool has no canary", async () => {
    expect(await find(["a"], ["b"], ["a"], {} as { api: Canary })).toBe(false);
  });
});

const side = (requests: number, failed = 0): Compared => ({ requests, failed, classes: { 30: requests } });
const figuresOf = (id: string, fresh: Compared, old: Compared, out: string[] = []): object => ({
  replicas: out.map((container) => ({ container, state: "out" })),
  canary: {
    id,
    pools: { api: { fresh, old } },
    replicas: { "c:3000": { requests: fresh.requests, failed: fresh.failed } },
  },
});

/** Takes all steps of an update; gives what was let in, and how it ended. */
async function take(say: Say, pools: { live: Record<string, string[]>; next: Record<string, string[]> }) {
  const [task, live] = [taskOf(pools.next), liveOf(pools.live)];
  const engine = fakeEngine({ running: Object.values(pools.live).flat(), say });
  const steps: { lines: string[]; asked: string[]; edits: string }[] = [];
  const trial: Trial = {
    ...{ engine, balancers: ["balancer"], task, live, tried: await findTried(engine, task, live) },
    letIn: (upstreams, asked, edits) => {
      steps.push({
        lines: upstreams
          .flatMap(({ lines }) => lines)
          .map((line) => line.replace(/^server (\w+):3000 resolve( weight=\d+)?.*/, "$1$2")),
        asked: asked.map(({ name }) => name),
        edits,
      });
      return Promise.resolve();
    },
  };
  const ended = takeSteps(trial).then(
    (passed) => ({ passed, message: "" }),
    (error: unknown) => ({ passed: [], message: (error as Error).message }),
  );
  await vi.advanceTimersByTimeAsync(120_000);
  return { steps, ...(await ended) };
}

const one = { live: { api: ["a", "b"] }, next: { api: ["c", "d"] } };

test("the new ones get their shares one after the other", async () => {
  const { steps, passed } = await take(
    (id, times) => figuresOf(id, side(times * 20), side(times * 180)),
    one,
  );
  expect(steps.map(({ lines }) => lines)).toEqual([
    ["a weight=9", "b weight=9", "c", "d"],
    ["a", "b", "c", "d"],
  ]);
  expect(steps[0]?.edits).toMatch(/next\/canary.*\d+-0\napi c:3000\napi d:3000/s);
  expect(passed.map((line) => line.replace(/, \d+ of.*/, ""))).toEqual([
    "canary of api: 10 % passed",
    "canary of api: 50 % passed",
  ]);
  expect(said[0]).toBe("canary of api: 10 %");
  // 5 s, and those in which what was answered in them is counted.
  expect(passed[0]).toMatch(/0 of (?:140|160|180) failed/);
});

test("pools that are not tried keep who they have, but for new ones, to which routes may lead already", async () => {
  const { steps } = await take((id, times) => figuresOf(id, side(times * 20), side(times * 180)), {
    live: { ...one.live, web: ["w"] },
    next: { ...one.next, web: ["x"], admin: ["y"] },
  });
  expect(steps[0]?.lines).toEqual(["a weight=9", "b weight=9", "c", "d", "w", "y"]);
  expect(steps[0]?.asked).toEqual(["api", "admin"]);
});

test("a bad one ends it, with what was measured and what it logged", async () => {
  const { steps, message } = await take(
    (id, times) => figuresOf(id, side(times * 20, times * 2), side(times * 180)),
    one,
  );
  expect(steps).toHaveLength(1);
  expect(message.split("\n")).toEqual([
    expect.stringMatching(
      /^The canary of api is undone after 3 s of its step of 10 %: \d+ of \d+ requests \(10 %\) to its new replicas failed, and 0 of \d+ requests \(0 %\) to the old ones: 1 per cent more may\.$/,
    ),
    "Put the new version right, or set pools.api.canary.errorPercent higher.",
    expect.stringMatching(/^ {2}api-1: \d+ of \d+ failed$/),
    "  api-2: 0 of 0 failed",
    "The last log lines of api-1 (container c):",
    "  a last word",
  ]);
});

test("one that the balancer has taken out ends it", async () => {
  const { message } = await take((id) => figuresOf(id, side(0), side(0), ["d"]), one);
  expect(message).toMatch(
    /^The canary of api is undone: api-2 fails its health check since requests come to it\.\n/,
  );
});

test("where the balancer has undone it, it ends", async () => {
  const { message } = await take(() => "undone", one);
  expect(message).toContain("The balancer has put back what was live before");
});

test("a few looks may fail, many in a row may not", async () => {
  const busy = await take(
    (id, times) => (times % 4 === 0 ? figuresOf(id, side(100), side(900)) : undefined),
    one,
  );
  expect(busy.passed).toHaveLength(2);
  expect((await take(() => undefined, one)).message).toContain("no answer");
});

test("without requests, health alone lets pass, which is said", async () => {
  const { passed } = await take((id) => figuresOf(id, side(0), side(0)), one);
  expect(passed[1]).toMatch(
    /^canary of api: 50 % passed, by health alone: 0 requests to new replicas and 0 to old ones in 5 s are too few \(leastRequests 50\)$/,
  );
});
