import { describe, expect, test } from "vitest";
import type { Decision, ScaledPool } from "../../../cli/autoscale/decide";
import { autoscale, type Happening, type Outcome, type Pace, type Stage } from "../../../cli/autoscale/loop";
import { makeLook, makePool, noon } from "./support";

type Figures = Parameters<typeof makeLook>[0];

/** A stage without a stack, whose time goes on when it is waited, and which ends after some seconds. */
function makeStage(
  seconds: number,
  figures: (second: number, replicas: number) => Figures,
  own: Partial<Stage> & { outcome?: (second: number) => Outcome; pools?: ScaledPool[] } = {},
) {
  const counts: Record<string, number> = { api: 1 };
  const { pools = [makePool()] } = own;
  const told: [second: number, happening: Happening][] = [];
  const tried: [second: number, counts: string][] = [];
  let second = 0;
  const stage: Stage = {
    look: () =>
      Promise.resolve(
        pools.map((pool) => {
          const replicas = counts[pool.pool] ?? 1;
          const at = noon + second * 1000;
          return { pool, look: makeLook({ at, replicas, ...figures(second, replicas) }) };
        }),
      ),
    deploy: (decisions: Decision[]) => {
      tried.push([second, decisions.map(({ pool, to }) => `${pool}=${to}`).join(" ")]);
      const outcome = own.outcome?.(second) ?? { is: "done", seconds: 20 };
      if (outcome.is === "done") for (const { pool, to } of decisions) counts[pool] = to;
      return Promise.resolve(outcome);
    },
    tell: (happening) => {
      told.push([second, happening]);
    },
    now: () => noon + second * 1000,
    wait: (milliseconds) => {
      second += milliseconds / 1000;
      return Promise.resolve();
    },
    isOver: () => second > seconds,
    ...own,
  };
  const tell = (event: Happening["event"]) => told.filter(([, each]) => each.event === event);
  return { stage, counts, tried, tell, second: () => second };
}

const pace: Pace = { everySeconds: 15, isOnce: false, isDry: false };
const busy = () => ({ cpu: 95 });
const idle = () => ({ cpu: 5 });

describe("the autoscaler", () => {
  test("deploys what is decided, until the user ends it", async () => {
    const { stage, tried, tell } = makeStage(110, busy, { pools: [makePool({}, { min: 1, max: 3 })] });
    expect(await autoscale(pace, stage)).toBe(true);
    expect(tried).toEqual([
      [45, "api=2"],
      [90, "api=3"],
    ]);
    expect(tell("deployed").map(([, happening]) => happening)).toEqual([
      { event: "deployed", counts: { api: 2 }, seconds: 20 },
      { event: "deployed", counts: { api: 3 }, seconds: 20 },
    ]);
  });

  test("deploys several pools at once", async () => {
    const pools = [makePool(), { ...makePool(), pool: "web" }];
    const { stage, counts, tried } = makeStage(50, busy, { pools });
    counts.web = 2;
    await autoscale(pace, stage);
    expect(tried).toEqual([[45, "api=2 web=3"]]);
  });

  test("goes by the settings that are deployed at each look", async () => {
    const pools = [makePool()];
    const { stage, tried } = makeStage(200, idle, { pools });
    const look = stage.look;
    stage.look = () => {
      if (stage.now() - noon >= 120_000) pools[0] = makePool({}, { min: 2, max: 8 });
      return look();
    };
    await autoscale(pace, stage);
    expect(tried).toEqual([[120, "api=2"]]);
  });

  test("does nothing where it is only to say what it would do", async () => {
    const { stage, tried, tell } = makeStage(50, busy);
    expect(await autoscale({ ...pace, isDry: true }, stage)).toBe(true);
    expect(tried).toEqual([]);
    expect(tell("look").at(-1)?.[1]).toMatchObject({ decision: { from: 1, to: 2 } });
  });
});

describe("what goes wrong", () => {
  test("a deployment is tried again after 30 s, a minute, two …, a quarter of an hour at most", async () => {
    const { stage, tried, tell } = makeStage(7200, busy, {
      outcome: () => ({ is: "failed", why: "api-2 is not healthy" }),
    });
    expect(await autoscale(pace, stage)).toBe(true);
    const times = tried.map(([second]) => second);
    expect(times.slice(1).map((second, i) => second - (times[i] ?? 0))).toEqual([
      ...[30, 60, 120, 240, 480],
      ...new Array<number>(times.length - 6).fill(900),
    ]);
    expect(tell("failed")[0]?.[1]).toMatchObject({ why: "api-2 is not healthy", again: noon + 75_000 });
  });

  test("one that succeeds makes the next failure the first again", async () => {
    const { stage, tried } = makeStage(200, (_, replicas) => ({ cpu: replicas < 3 ? 95 : 50 }), {
      outcome: (second) =>
        second === 45 || second === 120 ? { is: "failed", why: "x" } : { is: "done", seconds: 1 },
    });
    await autoscale(pace, stage);
    expect(tried.map(([second]) => second)).toEqual([45, 75, 120, 150]);
  });

  test("another update, or a lock, is waited for, and said", async () => {
    const { stage, tried, tell } = makeStage(100, busy, {
      outcome: (second) => (second < 80 ? { is: "busy", why: "locked by x" } : { is: "done", seconds: 1 }),
    });
    await autoscale(pace, stage);
    expect(tried.map(([second]) => second)).toEqual([45, 60, 75, 90]);
    expect(tell("waits")).toHaveLength(3);
    expect(tell("deployed")).toHaveLength(1);
  });

  test("an engine that cannot be asked is asked again at the next look, not sooner", async () => {
    let times = 0;
    const { stage, tell } = makeStage(100, busy, {
      look: () => {
        times += 1;
        return Promise.reject(new Error("The engine cannot be asked."));
      },
    });
    expect(await autoscale(pace, stage)).toBe(true);
    expect(times).toBe(6);
    expect(tell("blind")).toHaveLength(6);
  });

  test("so is Pulumi, where a deployment cannot even begin", async () => {
    const { stage, tell } = makeStage(80, busy, { deploy: () => Promise.reject(new Error("no passphrase")) });
    expect(await autoscale(pace, stage)).toBe(true);
    expect(tell("blind").map(([second]) => second)).toEqual([45, 60, 75]);
  });

  test("an end that is wanted before anything is touched is no failure", async () => {
    const { stage, tell } = makeStage(50, busy, { outcome: () => ({ is: "left" }) });
    expect(await autoscale(pace, stage)).toBe(true);
    expect([...tell("waits"), ...tell("failed"), ...tell("blind")]).toEqual([]);
  });

  test("the end is waited for no longer than a step", async () => {
    const { stage, tried, second } = makeStage(50, busy);
    await autoscale(pace, stage);
    expect([tried, second()]).toEqual([[[45, "api=2"]], 60]);
  });
});

describe("one decision", () => {
  const isOnce = { ...pace, isOnce: true };

  test.each<
    [string, (second: number) => Figures, Partial<Record<"replicas", number>>, [number, string][], number]
  >([
    ["more, after the time that these take", busy, {}, [[45, "api=2"]], 45],
    ["fewer, after the time that these take", idle, { replicas: 4 }, [[315, "api=2"]], 315],
    ["none, after the time that more would take", () => ({ cpu: 50 }), {}, [], 30],
    [
      "none, where what is waited for does not come",
      (second) => ({ cpu: second > 100 ? 50 : 5 }),
      { replicas: 4 },
      [],
      105,
    ],
  ])("%s", async (_, figures, { replicas = 1 }, steps, end) => {
    const { stage, counts, tried, second } = makeStage(1000, figures);
    counts.api = replicas;
    expect(await autoscale(isOnce, stage)).toBe(true);
    expect([tried, second()]).toEqual([steps, end]);
  });

  test("that is only said ends too", async () => {
    const { stage, second } = makeStage(1000, busy);
    expect(await autoscale({ ...isOnce, isDry: true }, stage)).toBe(true);
    expect(second()).toBe(45);
  });

  test.each<[string, Partial<Stage>, Happening]>([
    [
      "a deployment that fails",
      { deploy: () => Promise.resolve({ is: "failed", why: "x" }) },
      { event: "failed", why: "x", again: null },
    ],
    ["a lock", { deploy: () => Promise.resolve({ is: "busy", why: "x" }) }, { event: "waits", why: "x" }],
    [
      "an engine that cannot be asked",
      { look: () => Promise.reject(new Error("x")) },
      { event: "blind", why: "x" },
    ],
  ])("fails by %s", async (_, own, happening) => {
    const { stage, tell } = makeStage(1000, busy, own);
    expect(await autoscale(isOnce, stage)).toBe(false);
    expect(tell(happening.event).map(([, each]) => each)).toEqual([happening]);
  });
});
