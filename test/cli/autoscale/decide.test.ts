import { describe, expect, test } from "vitest";
import { decide } from "../../../cli/autoscale/decide";
import type { Scaling } from "../../../stack/scaling";
import { makeLook, makePool, noon, play } from "./support";

/** What is decided where the figures have been so for long enough. */
function settle(
  look: Parameters<typeof makeLook>[0],
  own: Partial<Scaling> = {},
  bounds = { min: 1, max: 8 },
) {
  const pool = makePool({ upAfterSeconds: 0, downAfterSeconds: 0, ...own }, bounds);
  return decide(pool, makeLook(look), undefined).decision;
}

describe("a figure asks for", () => {
  test.each<[string, Parameters<typeof makeLook>[0], Partial<Scaling>, number, string]>([
    ["nothing between 30 and 70 % of the processors", { cpu: 65 }, {}, 2, "nothing"],
    ["nothing at 70 %", { cpu: 70 }, {}, 2, "nothing"],
    ["one more just above", { cpu: 71 }, {}, 3, "cpu"],
    ["as many as there are processors to be had", { replicas: 4, cpu: 100 }, {}, 6, "cpu"],
    ["twice as many at most", { replicas: 2, cpu: 400 }, {}, 4, "cpu"],
    ["no more than max", { replicas: 6, cpu: 100 }, {}, 8, "cpu"],
    ["nothing at 30 %", { cpu: 30 }, {}, 2, "nothing"],
    ["fewer below 30 %", { cpu: 29 }, {}, 1, "cpu"],
    ["so many that they stay below 63 %", { replicas: 8, cpu: 29 }, {}, 4, "cpu"],
    ["half as many at least", { replicas: 8, cpu: 0 }, {}, 4, "cpu"],
    ["no fewer than one", { replicas: 1, cpu: 0 }, {}, 1, "nothing"],
    ["another target that is set", { cpu: 55 }, { cpuPercent: 50 }, 3, "cpu"],
    ["one more above 80 % of the memory", { memory: 81 }, {}, 3, "memory"],
    [
      "no fewer where the first ones have too much memory",
      { cpu: 5, memory: 55, memories: [85, 25] },
      {},
      2,
      "nothing",
    ],
    ["fewer where the last ones have it", { cpu: 5, memory: 55, memories: [25, 85] }, {}, 1, "cpu"],
    ["one more where answers take longer than 2 s", { response: 2.1 }, {}, 3, "response"],
    ["one more alone, however long they take", { replicas: 3, response: 30 }, {}, 4, "response"],
    ["one more where errors rise", { errors: 1.5 }, {}, 3, "errors"],
    ["one more alone, however many", { replicas: 4, errors: 90 }, {}, 5, "errors"],
    ["no fewer while there are errors", { cpu: 5, errors: 1.5 }, {}, 3, "errors"],
    ["as many as requests need", { requests: 700 }, { requestsPerMinute: 300 }, 4, "requests"],
    ["fewer where there are few requests", { cpu: 5, requests: 50 }, { requestsPerMinute: 300 }, 1, "cpu"],
    [
      "no fewer where requests need them",
      { cpu: 5, requests: 200 },
      { requestsPerMinute: 300 },
      2,
      "nothing",
    ],
    [
      "no fewer where processors need them",
      { cpu: 50, requests: 50 },
      { requestsPerMinute: 300 },
      2,
      "nothing",
    ],
    [
      "what requests alone need, where processors are not looked at",
      { cpu: 99, requests: 50 },
      { requestsPerMinute: 300, cpuPercent: false },
      1,
      "requests",
    ],
    [
      "the most of what several ask for",
      { cpu: 75, requests: 700 },
      { requestsPerMinute: 300 },
      4,
      "requests",
    ],
  ])("%s", (_, look, own, to, by) => {
    const decision = settle(look, own);
    expect([decision.to, decision.because.by]).toEqual([to, by]);
  });

  test("a measure that is off is not looked at", () => {
    const off = { memoryPercent: false, responseSeconds: false, errorPercent: false } as const;
    expect(settle({ memory: 99, response: 9, errors: 99 }, off)).toMatchObject({ to: 2, missing: [] });
    expect(settle({ memory: null, response: null, errors: null }, off)).toMatchObject({ to: 2, missing: [] });
  });
});

describe("replicas that do not serve", () => {
  test("are not idle: no fewer", () => {
    expect(settle({ replicas: 3, well: 2, cpu: 5 })).toMatchObject({ to: 3, wished: 3 });
  });

  test("will have a part of the load: no more than what that needs", () => {
    expect(settle({ replicas: 3, well: 2, cpu: 90 }).to).toBe(3);
    expect(settle({ replicas: 3, well: 2, cpu: 100, errors: 2 }).to).toBe(4);
    expect(settle({ replicas: 3, well: 2, cpu: 140 }).to).toBe(4);
  });

  test("are twice there while somebody updates them: no fewer", () => {
    expect(settle({ cpu: 5, isSettled: false }).to).toBe(2);
  });

  test("leave nothing to measure where they are all", () => {
    const none = { well: 0, cpu: null, requests: null, memory: null, response: 0, errors: 0 };
    expect(settle(none)).toMatchObject({ to: 2, because: { by: "unknown" } });
  });
});

describe("figures that cannot be had", () => {
  test("change nothing", () => {
    const none = { cpu: null, requests: null, memory: null, response: null, errors: null };
    expect(settle(none)).toMatchObject({ to: 2, because: { by: "unknown" } });
    expect(settle(none).missing).toEqual(["cpu", "memory", "response", "errors"]);
  });

  test("say of no replica that it is idle", () => {
    expect(settle({ cpu: 5, response: null })).toMatchObject({ to: 2, missing: ["response"] });
  });

  test("keep others from asking for nothing", () => {
    expect(settle({ cpu: 100, response: null })).toMatchObject({ to: 3, missing: ["response"] });
  });
});

describe("time", () => {
  test("more come when they were needed for 30 s, fewer for 300 s", () => {
    const { steps } = play(makePool(), { replicas: 1, seconds: 600 }, (second) => ({
      cpu: second < 60 ? 95 : 10,
    }));
    expect(steps).toEqual([
      [30, 2],
      [345, 1],
    ]);
  });

  test("a peak that is over at once changes nothing", () => {
    const { steps } = play(makePool(), { replicas: 2, seconds: 600 }, (second) => ({
      cpu: second % 60 === 0 ? 300 : 50,
    }));
    expect(steps).toEqual([]);
  });

  test("a load that is gone for a while changes nothing", () => {
    const { steps } = play(makePool(), { replicas: 2, seconds: 1800 }, (second) => ({
      cpu: second % 300 === 0 ? 50 : 0,
    }));
    expect(steps).toEqual([]);
  });

  test("of what was asked for in that time, the least is added and the most is kept", () => {
    const up = play(makePool(), { replicas: 4, seconds: 30 }, (second) => ({
      cpu: second === 15 ? 80 : 140,
    }));
    expect(up.steps).toEqual([[30, 5]]);
    const down = play(makePool(), { replicas: 8, seconds: 300 }, (second) => ({
      cpu: second === 150 ? 29 : 5,
    }));
    expect(down.steps).toEqual([[300, 4]]);
    const half = play(makePool(), { replicas: 7, seconds: 300 }, (second) => ({
      cpu: second === 150 ? 29 : 5,
    }));
    expect(half.steps).toEqual([[300, 4]]);
  });

  test("another step waits as long again", () => {
    const { steps } = play(makePool(), { replicas: 1, seconds: 120 }, () => ({ cpu: 400 }));
    expect(steps).toEqual([
      [30, 2],
      [75, 4],
      [120, 8],
    ]);
  });

  test("says how long it waits, and for what", () => {
    expect(play(makePool(), { replicas: 4, seconds: 60 }, () => ({ cpu: 10 })).last).toMatchObject({
      ...{ to: 4, wished: 1, waits: 240 },
      because: { by: "cpu", measured: 10, target: 70 },
    });
  });

  test("begins anew where somebody else has changed the number", () => {
    const pool = makePool();
    const first = decide(pool, makeLook({ replicas: 4, cpu: 5 }), undefined);
    const other = decide(pool, makeLook({ at: noon + 290_000, replicas: 6, cpu: 5 }), first.past);
    expect(other.decision).toMatchObject({ to: 6, waits: 300 });
    const fewer = decide(pool, makeLook({ at: noon + 15_000, replicas: 1, cpu: 95 }), first.past);
    expect(fewer.decision).toMatchObject({ to: 1, waits: 30 });
  });

  test("begins not anew where nothing came of a decision", () => {
    const pool = makePool({ upAfterSeconds: 0 });
    const first = decide(pool, makeLook({ cpu: 95 }), undefined);
    expect(first.decision.to).toBe(3);
    expect(decide(pool, makeLook({ at: noon + 15_000, cpu: 95 }), first.past).decision.to).toBe(3);
  });
});

describe("a schedule", () => {
  const night = { from: "0 22 * * *", until: "0 6 * * *" };
  const at = (time: string) => Date.parse(`2026-11-28T${time}Z`);

  test.each<[string, string, number, Partial<Scaling>, number, string]>([
    [
      "caps at its hour, whatever the load",
      "22:00:00",
      6,
      { schedule: [{ ...night, max: 2 }] },
      2,
      "schedule",
    ],
    ["caps until it ends", "05:59:59", 6, { schedule: [{ ...night, max: 2 }] }, 2, "schedule"],
    ["says nothing before", "21:59:59", 6, { schedule: [{ ...night, max: 2 }] }, 6, "nothing"],
    ["says nothing after", "06:00:00", 6, { schedule: [{ ...night, max: 2 }] }, 6, "nothing"],
    ["has a floor at once", "22:00:00", 1, { schedule: [{ ...night, min: 5 }] }, 5, "schedule"],
    [
      "is read in its time zone",
      "21:00:00",
      6,
      { timeZone: "Europe/Berlin", schedule: [{ ...night, max: 2 }] },
      2,
      "schedule",
    ],
    [
      "is over there an hour sooner, too",
      "05:00:00",
      6,
      { timeZone: "Europe/Berlin", schedule: [{ ...night, max: 2 }] },
      6,
      "nothing",
    ],
    [
      "has a floor that another one's cap does not break",
      "23:00:00",
      6,
      {
        schedule: [
          { ...night, max: 2 },
          { ...night, min: 3 },
        ],
      },
      3,
      "schedule",
    ],
  ])("%s", (_, time, replicas, own, to, by) => {
    const { decision } = decide(makePool(own), makeLook({ at: at(time), replicas }), undefined);
    expect([decision.to, decision.because.by]).toEqual([to, by]);
  });

  test("follows the summer of its time zone", () => {
    const pool = makePool({ timeZone: "Europe/Berlin", schedule: [{ ...night, max: 2 }] });
    const summer = Date.parse("2026-07-28T20:00:00Z");
    expect(decide(pool, makeLook({ at: summer, replicas: 6 }), undefined).decision.to).toBe(2);
    expect(decide(pool, makeLook({ at: summer - 1000, replicas: 6 }), undefined).decision.to).toBe(6);
  });

  test("figures do not go below its floor, nor above its cap", () => {
    const pool = makePool({
      ...{ upAfterSeconds: 0, downAfterSeconds: 0 },
      schedule: [{ ...night, min: 2, max: 3 }],
    });
    const look = (cpu: number) => makeLook({ at: at("23:00:00"), replicas: 2, cpu });
    expect(decide(pool, look(1), undefined).decision).toMatchObject({ to: 2, wished: 2 });
    expect(decide(pool, look(400), undefined).decision).toMatchObject({ to: 3, wished: 3 });
  });

  test("holds without figures", () => {
    const pool = makePool({ schedule: [{ ...night, max: 2 }] });
    const look = makeLook({ at: at("23:00:00"), replicas: 4, well: 0, cpu: null, memory: null });
    expect(decide(pool, look, undefined).decision.to).toBe(2);
  });
});

test("a number outside of the pool's bounds comes back into them", () => {
  expect(settle({ replicas: 9, cpu: 100 })).toMatchObject({
    to: 8,
    because: { by: "bounds", min: 1, max: 8 },
  });
  expect(settle({ replicas: 1, cpu: 1 }, {}, { min: 2, max: 8 })).toMatchObject({
    to: 2,
    because: { by: "bounds" },
  });
});

describe("what more replicas do not help is not followed", () => {
  test.each<[string, Parameters<typeof makeLook>[0]]>([
    ["memory", { memory: 95 }],
    ["response", { response: 5 }],
    ["errors", { errors: 50 }],
  ])("%s: one step, and no further", (measure, look) => {
    const load = 400;
    const { steps, last } = play(makePool(), { replicas: 2, seconds: 900 }, (_, replicas) => ({
      ...{ ...look, load, requests: load / replicas },
    }));
    expect(steps).toEqual([[30, 3]]);
    expect(last).toMatchObject({ to: 3, inVain: [measure] });
  });

  test("is given up where nothing else needs it", () => {
    const { steps } = play(makePool(), { replicas: 1, seconds: 1200 }, () => ({
      cpu: 5,
      memory: 95,
      load: 60,
    }));
    expect(steps.map(([, to]) => to)).toEqual([2, 1]);
  });

  test("is tried again with a greater load", () => {
    const { steps } = play(makePool(), { replicas: 2, seconds: 900 }, (second, replicas) => ({
      ...{ response: 5, load: second < 600 ? 400 : 800, requests: 400 / replicas },
    }));
    expect(steps.map(([, to]) => to)).toEqual([3, 4]);
  });

  test("is tried again when it was good meanwhile", () => {
    const { steps, last } = play(makePool(), { replicas: 2, seconds: 900 }, (second) => ({
      ...{ errors: second > 300 && second < 400 ? 0 : 50, load: 400 },
    }));
    expect(steps.map(([, to]) => to)).toEqual([3, 4]);
    expect(last.inVain).toEqual(["errors"]);
  });

  test("memory of new replicas, which is small at first, does not have them come for ever", () => {
    // Each is full some minutes after it has come.
    const { steps } = play(makePool(), { replicas: 2, seconds: 3600 }, (second, replicas) => {
      const memories = Array.from({ length: replicas }, (_, i) => (second > (i - 1) * 300 ? 95 : 20));
      const memory = memories.reduce((sum, each) => sum + each, 0) / replicas;
      return { memory, memories, load: 400 };
    });
    expect(steps.length).toBeLessThanOrEqual(1);
  });

  test("other figures are followed meanwhile", () => {
    const { last } = play(makePool(), { replicas: 2, seconds: 900 }, (second) => ({
      ...{ errors: 50, load: 400, cpu: second > 600 ? 90 : 50 },
    }));
    expect(last.to).toBeGreaterThan(4);
  });
});

describe("a load that is played", () => {
  /** Replicas that can do 100 each, with figures that are not the same twice. */
  const busy = (load: (second: number) => number) => {
    let seed = 7;
    return (second: number, replicas: number) => {
      seed = (seed * 16_807) % 2_147_483_647;
      const noise = 0.9 + (seed / 2_147_483_647) * 0.2;
      const cpu = Math.min(100, (load(second) / replicas) * noise);
      return { cpu, load: load(second) * 10, requests: (load(second) * 10) / replicas };
    };
  };

  test.each([45, 62, 69, 80, 110, 125, 135, 200, 260, 333, 410, 480])(
    "that is steady at %d comes to rest",
    (load) => {
      for (const replicas of [1, 2, 5, 8]) {
        const { steps, last } = play(
          makePool(),
          { replicas, seconds: 7200 },
          busy(() => load),
        );
        const directions = steps.map(([, to], i) => Math.sign(to - (steps[i - 1]?.[1] ?? replicas)));
        // It goes one way, and is at rest within the first quarter of the time.
        expect(new Set(directions).size).toBeLessThanOrEqual(1);
        expect(steps.every(([second]) => second < 1800)).toBe(true);
        expect(last.look.figures.cpu ?? 100).toBeLessThan(80);
      }
    },
  );

  test.each([95, 105, 181, 195, 205, 285, 395])("of %d requests a minute comes to rest, too", (load) => {
    for (const replicas of [1, 2, 5, 8]) {
      const pool = makePool({ requestsPerMinute: 100, idleCpuPercent: 69 });
      const { steps } = play(pool, { replicas, seconds: 7200 }, (second, count) => {
        const now = load * (second % 30 === 0 ? 0.98 : 1.02);
        return { cpu: 1, load: now, requests: now / count };
      });
      const directions = steps.map(([, to], i) => Math.sign(to - (steps[i - 1]?.[1] ?? replicas)));
      expect(new Set(directions).size).toBeLessThanOrEqual(1);
    }
  });

  test("that rises and falls with the day is followed up and down, each way once", () => {
    const day = 86_400;
    const load = (second: number) => 250 - 220 * Math.cos((second / day) * 2 * Math.PI);
    const { steps } = play(makePool(), { replicas: 1, seconds: day }, busy(load));
    const counts = [1, ...steps.map(([, to]) => to)];
    const turns = counts.filter((_, i) => {
      const [one, two, three] = counts.slice(i, i + 3);
      return one !== undefined && two !== undefined && three !== undefined && (two - one) * (three - two) < 0;
    });
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(7);
    expect(counts.at(-1)).toBe(1);
    expect(turns).toHaveLength(1);
  });

  test("that comes and goes has it wait longer each time, and does not wear it out", () => {
    // Seven minutes of nothing, three of much.
    const load = (second: number) => (second % 600 < 420 ? 5 : 160);
    const { steps } = play(makePool(), { replicas: 1, seconds: 4 * 3600 }, busy(load));
    expect(steps.length).toBeLessThan(8);
    const late = steps.filter(([second]) => second > 3600);
    expect(late).toEqual([]);
  });

  test("that is gone for good has it go down after all, however long it has waited", () => {
    const load = (second: number) => (second < 7200 && second % 600 >= 420 ? 160 : 5);
    const { last, past } = play(makePool(), { replicas: 1, seconds: 6 * 3600 }, busy(load));
    expect(last.to).toBe(1);
    expect(past.patience).toBe(1);
  });
});
