import { describe, expect, test } from "vitest";
import { describeProblem } from "../../components/arguments/problems";
import { resolveReplicas } from "../../stack/replica-counts";

const range = { initial: 2, min: 1, max: 10 };
const ranges = { api: range, web: { initial: 3, min: 2, max: 4 } };

function countApi(previous: unknown, override?: string): number | undefined {
  return resolveReplicas({ api: range }, previous, override).states.api?.current;
}

function describeOverride(override: string): string[] {
  return resolveReplicas(ranges, undefined, override).problems.map(describeProblem);
}

describe("the number of replicas", () => {
  const cases: [string, unknown, string | undefined, number][] = [
    ["is the initial one at first", undefined, undefined, 2],
    ["stays what it was scaled to", { api: { ...range, current: 5 } }, undefined, 5],
    ["follows an edit of the initial number", { api: { ...range, initial: 3, current: 5 } }, undefined, 2],
    [
      "stays when only min and max were edited",
      { api: { ...range, min: 3, max: 5, current: 4 } },
      undefined,
      4,
    ],
    ["does not exceed a lowered max", { api: { ...range, current: 40 } }, undefined, 10],
    ["does not fall below a raised min", { api: { ...range, current: 0 } }, undefined, 1],
    ["is the override's", { api: { ...range, current: 5 } }, "api=7", 7],
    ["is the override's after an edit too", { api: { ...range, initial: 3, current: 5 } }, " api = 7 ,", 7],
    ["ignores an empty override", { api: { ...range, current: 5 } }, "", 5],
    ["is the initial one for a new pool", { web: { ...range, current: 5 } }, undefined, 2],
    ["survives outputs that are no state", "garbage", undefined, 2],
    ["survives a state that is a list", { api: [5] }, undefined, 2],
    ["survives a count that is no number", { api: { ...range, current: "5" } }, undefined, 2],
    ["survives a count that is not whole", { api: { ...range, current: 2.5 } }, undefined, 2],
  ];

  test.each(cases)("%s", (_, previous, override, expected) => {
    expect(countApi(previous, override)).toBe(expected);
  });

  test("is kept with its range, for the next deployment", () => {
    expect(resolveReplicas(ranges, undefined, "web=4")).toEqual({
      states: { api: { ...range, current: 2 }, web: { initial: 3, min: 2, max: 4, current: 4 } },
      problems: [],
    });
  });

  test("is not taken from what every object has", () => {
    const { states, problems } = resolveReplicas({ constructor: range }, {}, "tostring=3");
    expect(Object.entries(states)).toEqual([["constructor", { ...range, current: 2 }]]);
    expect(problems).toHaveLength(1);
  });
});

describe("an override", () => {
  const bounds = "Other numbers need another min or max at pools.web.replicas in the configuration.";
  const cases: [string, string][] = [
    ["wep=3", 'FLOTILLA_REPLICAS must name pools of the configuration, got "wep". Did you mean web?'],
    [
      "database=3",
      'FLOTILLA_REPLICAS must name pools of the configuration, got "database". The pools are api, web.',
    ],
    ["web", 'FLOTILLA_REPLICAS must be a list of pool=number, got "web". Write it like api=3,web=2.'],
    ["web=many", `FLOTILLA_REPLICAS.web must be a whole number from 2 to 4, got "many". ${bounds}`],
    ["web=-3", `FLOTILLA_REPLICAS.web must be a whole number from 2 to 4, got "-3". ${bounds}`],
    ["web=", `FLOTILLA_REPLICAS.web must be a whole number from 2 to 4, got "". ${bounds}`],
    ["web=1", `FLOTILLA_REPLICAS.web must be a whole number from 2 to 4, got 1. ${bounds}`],
    ["web=5", `FLOTILLA_REPLICAS.web must be a whole number from 2 to 4, got 5. ${bounds}`],
    ["web=3,web=4", 'FLOTILLA_REPLICAS.web must be given once, got "4". Keep one number.'],
  ];

  test.each(cases)("%s is refused", (override, message) => {
    expect(describeOverride(override)).toEqual([message]);
  });

  test("names every problem at once", () => {
    expect(describeOverride("wep=3,web=9,api=2,api,api=x")).toHaveLength(4);
  });
});
