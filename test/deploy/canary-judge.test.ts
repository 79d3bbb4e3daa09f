import { describe, expect, test } from "vitest";
import { findP95, judgeStep, type Verdict } from "../../deploy/canary-judge";
import type { Canary } from "../../deploy/canary-settings";
import { boundOf, type Compared, fineClassOf } from "../../nginx/comparison";

const canary: Canary = {
  ...{ steps: [10, 50], seconds: 60, mostSeconds: 180, leastRequests: 50 },
  ...{ errorPercent: 1, slowdown: 2, slowdownSeconds: 0.05, sharesClients: false },
};

/** Requests of which some failed, and which took so long in milliseconds: most, and some of them more. */
function answer(requests: number, failed: number, ms = 20, slow = 0, slowMs = 0): Compared {
  const classes: Record<string, number> = {};
  const add = (count: number, milliseconds: number): void => {
    const fineClass = fineClassOf(milliseconds / 1000);
    classes[fineClass] = (classes[fineClass] ?? 0) + count;
  };
  add(requests - slow, ms);
  add(slow, slowMs);
  return { requests, failed, classes };
}

interface Case {
  fresh: Compared;
  old: Compared;
  seconds?: number;
  percent?: number;
  limits?: Partial<Canary>;
  is: Verdict["is"];
  says?: RegExp;
}

function judge({ fresh, old, seconds = 60, percent = 10, limits = {} }: Case): Verdict {
  return judgeStep({ fresh, old, seconds, percent }, { ...canary, ...limits });
}

describe("failures", () => {
  test.each<[string, Case]>([
    [
      "none are good",
      { fresh: answer(100, 0), old: answer(900, 0), is: "passed", says: /^0 of 100 failed, P95 21/ },
    ],
    ["one of 50 is chance", { fresh: answer(50, 1), old: answer(450, 0), is: "passed" }],
    ["two of 50 are too", { fresh: answer(50, 2), old: answer(450, 0), is: "passed" }],
    [
      "four of 50 are not",
      {
        fresh: answer(50, 4),
        old: answer(450, 0),
        is: "bad",
        says: /^4 of 50 requests \(8 %\) to its new replicas failed, and 0 of 450 requests \(0 %\)/,
      },
    ],
    ["a tenth is bad at the end", { fresh: answer(100, 10), old: answer(900, 0), is: "bad" }],
    [
      "a tenth is no worse where the old ones fail as often",
      { fresh: answer(100, 10), old: answer(900, 90), is: "passed" },
    ],
    ["twice as often as the old ones is", { fresh: answer(1000, 50), old: answer(9000, 180), is: "bad" }],
    [
      "half a per cent more is allowed",
      { fresh: answer(10_000, 150), old: answer(90_000, 900), is: "passed" },
    ],
    [
      "more may be",
      { fresh: answer(100, 10), old: answer(900, 0), limits: { errorPercent: 10 }, is: "passed" },
    ],
    ["all of three end it at once", { fresh: answer(3, 3), old: answer(27, 0), seconds: 1, is: "bad" }],
    ["two do not", { fresh: answer(2, 2), old: answer(18, 0), seconds: 1, is: "open" }],
    ["seven of seventy end it early", { fresh: answer(70, 7), old: answer(630, 0), seconds: 5, is: "bad" }],
    [
      "four of 50 do not, before its end",
      { fresh: answer(50, 4), old: answer(450, 0), seconds: 59, is: "open" },
    ],
    ["nothing is early good", { fresh: answer(5000, 0), old: answer(45_000, 0), seconds: 59, is: "open" }],
    [
      "three are not held against it where as few asked the old ones",
      { fresh: answer(20, 3), old: answer(20, 1), seconds: 59, is: "open" },
    ],
  ])("%s", (_, given) => {
    expectVerdict(given);
  });
});

describe("slowness", () => {
  test.each<[string, Case]>([
    ["as fast is good", { fresh: answer(100, 0, 20), old: answer(900, 0, 20), is: "passed" }],
    [
      "three times as slow is nothing within 50 ms",
      { fresh: answer(100, 0, 60), old: answer(900, 0, 20), is: "passed" },
    ],
    [
      "beyond them it is bad",
      {
        fresh: answer(100, 0, 100),
        old: answer(900, 0, 20),
        is: "bad",
        says: /^the P95 of its new replicas is 10\d ms over 100 requests, and that of the old ones 2\d(\.\d)? ms over 900: at most 7\d/,
      },
    ],
    ["nearly twice as slow is not", { fresh: answer(100, 0, 950), old: answer(900, 0, 500), is: "passed" }],
    ["three times is", { fresh: answer(100, 0, 1500), old: answer(900, 0, 500), is: "bad" }],
    [
      "one in twenty that is slow is the P95 itself",
      { fresh: answer(100, 0, 20, 6, 2000), old: answer(900, 0, 20), is: "passed" },
    ],
    ["one in five is not", { fresh: answer(100, 0, 20, 20, 2000), old: answer(900, 0, 20), is: "bad" }],
    [
      "as many as the old ones have are allowed",
      { fresh: answer(100, 0, 20, 20, 2000), old: answer(900, 0, 20, 180, 2000), is: "passed" },
    ],
    ["all end it early", { fresh: answer(50, 0, 2000), old: answer(450, 0, 20), seconds: 5, is: "bad" }],
    ["few do not", { fresh: answer(49, 0, 2000), old: answer(441, 0, 20), seconds: 5, is: "open" }],
    [
      "an absolute limit holds whatever the old ones do",
      {
        fresh: answer(100, 0, 900),
        old: answer(900, 0, 900),
        limits: { p95Seconds: 0.5 },
        is: "bad",
        says: /at most 500 ms/,
      },
    ],
    [
      "nothing is compared with too few",
      { fresh: answer(100, 0, 900), old: answer(10, 0, 20), seconds: 59, percent: 95, is: "open" },
    ],
  ])("%s", (_, given) => {
    expectVerdict(given);
  });
});

describe("few requests", () => {
  test.each<[string, Case]>([
    ["wait on", { fresh: answer(7, 0), old: answer(63, 0), is: "open" }],
    [
      "pass by health in the end, and say so",
      {
        fresh: answer(7, 0),
        old: answer(63, 0),
        seconds: 180,
        is: "passed",
        says: /^by health alone: 7 requests to new replicas and 63 to old ones in 180 s are too few/,
      },
    ],
    [
      "pass at once where nobody asks at all",
      { fresh: answer(0, 0), old: answer(0, 0), is: "passed", says: /^by health alone: 0 requests/ },
    ],
    ["that all fail are bad", { fresh: answer(3, 3), old: answer(27, 0), is: "bad" }],
    [
      "are bad where many more were to come",
      {
        fresh: answer(2, 0),
        old: answer(900, 0),
        seconds: 180,
        is: "bad",
        says: /^its new replicas have answered 2 requests in 180 s, and some 100 were their share/,
      },
    ],
    [
      "are no wonder where clients stay with their replica",
      {
        fresh: answer(2, 0),
        old: answer(900, 0),
        seconds: 180,
        limits: { sharesClients: true },
        is: "passed",
      },
    ],
    ["of old ones wait too", { fresh: answer(900, 0), old: answer(40, 0), percent: 95, is: "open" }],
  ])("%s", (_, given) => {
    expectVerdict(given);
  });
});

function expectVerdict(given: Case): void {
  const verdict = judge(given);
  expect(verdict.is, JSON.stringify(verdict)).toBe(given.is);
  if (given.says === undefined) return;
  expect(verdict.is === "passed" ? verdict.because : verdict.is === "bad" ? verdict.fault.text : "").toMatch(
    given.says,
  );
}

test("a version within its limits is hardly ever undone, though it is looked at each second", () => {
  // A generator of its own, so that each run is the same.
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  let undone = 0;
  const trials = 400;
  for (let trial = 0; trial < trials; trial += 1) {
    const [fresh, old] = [answer(0, 0), answer(0, 0)];
    for (let second = 1; second <= 60; second += 1) {
      for (let request = 0; request < 20; request += 1) {
        const side = request < 2 ? fresh : old;
        side.requests += 1;
        side.failed += random() < 0.005 ? 1 : 0;
        const fineClass = fineClassOf(0.02 + random() ** 8);
        side.classes[fineClass] = (side.classes[fineClass] ?? 0) + 1;
      }
      if (judgeStep({ fresh, old, seconds: second, percent: 10 }, canary).is !== "bad") continue;
      undone += 1;
      break;
    }
  }
  expect(undone / trials).toBeLessThan(0.02);
});

test("a duration is known to a tenth", () => {
  for (const seconds of [0.001, 0.0015, 0.02, 0.3, 1, 7, 61]) {
    const bound = boundOf(fineClassOf(seconds));
    expect(bound / seconds).toBeGreaterThan(0.999);
    expect(bound / seconds).toBeLessThan(1.101);
  }
  expect(fineClassOf(0)).toBe(0);
  expect(findP95(answer(0, 0))).toBe(0);
});
