import { describe, expect, test } from "vitest";
import { describeProblem } from "../../components/arguments/problems";
import { readReplicaRange } from "../../stack/replica-range";
import { resolveReplicas } from "../../stack/replica-counts";

const path = ["pools", "api", "replicas"];
const pool = { port: 3000, limits: { memoryMiB: 256 } };
const usual = {
  ...{ cpuPercent: 70, idleCpuPercent: 30, memoryPercent: 80, requestsPerMinute: false },
  ...{ responseSeconds: 2, errorPercent: 1, upAfterSeconds: 30, downAfterSeconds: 300 },
  ...{ timeZone: "UTC", schedule: [] },
};

function read(
  scaling: unknown,
  own: Record<string, unknown> = pool,
  bounds: Record<string, unknown> = { max: 8 },
) {
  return readReplicaRange(path, { ...own, replicas: { initial: 2, ...bounds, scaling } });
}

describe("the scaling of a pool", () => {
  test("is what is usual where nothing is said", () => {
    expect(read({})).toEqual({ range: { initial: 2, min: 1, max: 8, scaling: usual }, problems: [] });
  });

  test("is none where it is left out", () => {
    expect(read(undefined).range).toEqual({ initial: 2, min: 1, max: 8 });
  });

  test("looks at no figures that the pool has not", () => {
    expect(read({}, { port: 3000 }).range.scaling).toEqual({ ...usual, memoryPercent: false });
    const worker = { memoryPercent: false, responseSeconds: false, errorPercent: false };
    expect(read({}, {}).range.scaling).toEqual({ ...usual, ...worker });
  });

  test("can be said in full", () => {
    const own = {
      ...{
        cpuPercent: false,
        memoryPercent: 90,
        requestsPerMinute: 300,
        responseSeconds: 0.5,
        errorPercent: false,
      },
      ...{ upAfterSeconds: 0, downAfterSeconds: 60, timeZone: "Europe/Berlin" },
      schedule: [{ from: "0 22 * * *", until: "0 6 * * 1-5", min: 2, max: 3 }],
    };
    expect(read(own).range.scaling).toEqual({ ...usual, ...own });
  });

  test("is kept with the number, and read again as it was", () => {
    const { range } = read({ schedule: [{ from: "0 22 * * *", until: "0 6 * * *", max: 2 }] });
    const kept = resolveReplicas({ api: range }, { api: { ...range, current: 5 } }, undefined).states.api;
    expect(kept).toEqual({ ...range, current: 5 });
    expect(read(kept?.scaling).range).toEqual(range);
  });

  test("does not change a number that is kept when it is changed itself", () => {
    const { range } = read({ cpuPercent: 50 });
    const previous = { api: { initial: 2, min: 1, max: 8, current: 5 } };
    expect(resolveReplicas({ api: range }, previous, undefined).states.api?.current).toBe(5);
  });
});

describe("a wrong scaling is refused", () => {
  const night = { from: "0 22 * * *", until: "0 6 * * *" };
  const bounds = "A schedule narrows the bounds of the pool: widen these at its replicas.";

  test.each<[unknown, string]>([
    [true, " must be an object, of which {} is enough, got true."],
    [{ cpuPercnt: 50 }, ' must have only known keys, got "cpuPercnt". Did you mean cpuPercent?'],
    [{ cpuPercent: 170 }, ".cpuPercent must be a number from 1 to 100, or false, got 170."],
    [{ cpuPercent: "70" }, '.cpuPercent must be a number from 1 to 100, or false, got "70".'],
    [{ cpuPercent: 20 }, ".idleCpuPercent must be below cpuPercent (20), got 30."],
    [
      { cpuPercent: false },
      ".cpuPercent must be a number where requestsPerMinute is not set, got false. Nothing else says that fewer replicas would do.",
    ],
    [
      { timeZone: "Mars/Base" },
      '.timeZone must be the name of a time zone, got "Mars/Base". Write it like UTC or Europe/Berlin.',
    ],
    [
      { schedule: [{ ...night, from: "22:00", max: 2 }] },
      '.schedule[0].from must be a cron expression of five fields, got "22:00". Write it like 0 22 * * 1-5, which is at ten o\'clock in the evening from Monday to Friday.',
    ],
    [{ schedule: [night] }, ".schedule[0].min must be set, or max, got nothing."],
    [
      { schedule: [{ ...night, max: 9 }] },
      `.schedule[0].max must be from 1 to max of the pool (8), got 9. ${bounds}`,
    ],
    [
      { schedule: [{ ...night, min: 9 }] },
      `.schedule[0].min must be from min to max of the pool (1 to 8), got 9. ${bounds}`,
    ],
    [
      { schedule: [{ ...night, min: 4, max: 3 }] },
      `.schedule[0].max must be from 4 to max of the pool (8), got 3. ${bounds}`,
    ],
  ])("%j", (scaling, message) => {
    expect(read(scaling).problems.map(describeProblem)).toEqual([`pools.api.replicas.scaling${message}`]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      "for want of memory's limit",
      { memoryPercent: 70 },
      { port: 3000 },
      ".scaling.memoryPercent must be left out here, got 70. It is a share of limits.memoryMiB: set that of the pool.",
    ],
    [
      "for want of requests",
      { requestsPerMinute: 70 },
      {},
      ".scaling.requestsPerMinute must be left out here, got 70. A pool without a port gets no requests.",
    ],
  ])("%s", (_, scaling, own, message) => {
    expect(read(scaling, own).problems.map(describeProblem)).toEqual([`pools.api.replicas${message}`]);
  });

  test("for want of a bound", () => {
    expect(read({}, pool, {}).problems.map(describeProblem)).toEqual([
      "pools.api.replicas.max must be set where scaling is, got nothing. It bounds what a load can cost.",
    ]);
  });
});
