import { describe, expect, test } from "vitest";
import { Failure } from "../../../cli/failure";
import type { Load } from "../../../cli/load/load";
import { Recorder } from "../../../cli/load/record";
import { plain } from "../../../cli/operator/style";
import { readPlan, rehearse, type Stage } from "../../../cli/trials/rehearsal";
import { renderRehearsal } from "../../../cli/trials/rehearsal-text";

test("a plan is a pool with its numbers", () => {
  expect(readPlan("api=1,3,5,2,1")).toEqual({ pool: "api", counts: [1, 3, 5, 2, 1] });
  for (const text of ["api", "api=", "api=0", "api=1,", "api=1 2", "=1", "api=1,b"])
    expect(() => readPlan(text)).toThrow(
      /^The plan must be a pool with its numbers .* Write it like api=1,3,5,2,1\.$/,
    );
});

/** A stage without a stack: a load that sends one request at each step, and scaling that notes what it is told. */
function makeStage(own: Partial<Stage> = {}): Stage & { scaled: number[]; isStopped: () => boolean } {
  const scaled: number[] = [];
  let recorder = new Recorder();
  let isStopped = false;
  const load: Load = {
    elapsedMs: () => 0,
    first: recorder,
    begin: () => (recorder = new Recorder()),
    stop: () => {
      isStopped = true;
      return Promise.resolve();
    },
    ended: Promise.resolve(),
  };
  return {
    ...{ load, holdSeconds: 0, isOver: () => false, tell: () => undefined },
    scale: (replicas) => {
      scaled.push(replicas);
      recorder.add({
        ...{ route: { method: "GET", target: "/" }, dueMs: 0, sentMs: 0 },
        ...{ endedMs: replicas * 10, status: replicas === 5 ? 503 : 200 },
      });
      return Promise.resolve();
    },
    ...own,
    ...{ scaled, isStopped: () => isStopped },
  };
}

describe("a rehearsal", () => {
  test("goes through its numbers, counts each apart, and restores that of before", async () => {
    const stage = makeStage();
    const done = await rehearse({ pool: "api", counts: [1, 5, 3] }, 2, stage);
    expect(stage.scaled).toEqual([1, 5, 3, 2]);
    expect(stage.isStopped()).toBe(true);
    expect(done).toMatchObject({ before: 2, isRestored: true, errors: [] });
    expect(done.steps).toMatchObject([
      { replicas: 1, requests: 1, failed: 0, slowestMs: 10 },
      { replicas: 5, requests: 1, failed: 1, slowestMs: 50 },
      { replicas: 3, requests: 2, failed: 0, slowestMs: 30 },
    ]);
  });

  test("has nothing to restore where it ends as it began", async () => {
    const stage = makeStage();
    await rehearse({ pool: "api", counts: [3, 2] }, 2, stage);
    expect(stage.scaled).toEqual([3, 2]);
  });

  test("restores the number of before where a step fails", async () => {
    const tried: number[] = [];
    const stage = makeStage({
      scale: (replicas) => {
        tried.push(replicas);
        return replicas === 9 ? Promise.reject(new Failure("api must have 5 at most.")) : Promise.resolve();
      },
    });
    const done = await rehearse({ pool: "api", counts: [1, 9, 3] }, 1, stage);
    expect(tried).toEqual([1, 9, 1]);
    expect(done).toMatchObject({ isRestored: true, errors: ["api must have 5 at most."] });
    expect(done.steps).toHaveLength(1);
  });

  test("restores the number of before where the user ends it", async () => {
    const stage = makeStage();
    const done = await rehearse({ pool: "api", counts: [1, 3, 5] }, 2, {
      ...stage,
      isOver: () => stage.scaled.length > 1,
    });
    expect(stage.scaled).toEqual([1, 3, 2]);
    expect(done.errors).toEqual(["It was ended before its time."]);
  });

  test("says so where that cannot be", async () => {
    const stage = makeStage({ scale: () => Promise.reject(new Failure("The engine is gone.")) });
    const done = await rehearse({ pool: "api", counts: [3] }, 2, stage);
    expect(done).toMatchObject({
      isRestored: false,
      errors: ["The engine is gone.", "api has not got its 2 replicas of before: The engine is gone."],
    });
  });
});

test("a rehearsal for people", () => {
  const step = { replicas: 3, seconds: 12.34, requests: 301, failed: 0, p99Ms: 41, slowestMs: 120 };
  expect(
    renderRehearsal({ pool: "api", before: 2, steps: [step], isRestored: true, errors: [] }, 80, plain),
  ).toEqual([
    "REPLICAS   AFTER  REQUESTS  FAILED      P99  SLOWEST",
    "       3  12.3 s       301       0  41.0 ms   120 ms",
    "",
    "No request failed.",
    "api has 2 replicas again.",
  ]);
});
