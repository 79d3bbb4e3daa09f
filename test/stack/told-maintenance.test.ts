import { describe, expect, test } from "vitest";
import { describeProblem } from "../../components/arguments/problems";
import { putMaintenance, resolveMaintenance } from "../../stack/told-maintenance";

const pools = {
  api: { port: 3000 },
  web: { port: 3000 },
  price: { port: 3000, reachableFrom: ["api"] },
  jobs: {},
};

describe("what is under maintenance", () => {
  const cases: [string, unknown, unknown, unknown][] = [
    ["is nothing at first", undefined, undefined, []],
    ["is what was before", [{ message: "Soon." }], undefined, [{ message: "Soon." }]],
    [
      "is what is switched on",
      [{ pool: "api" }],
      { on: true, allow: ["10.0.0.0/8"] },
      [{ pool: "api" }, { allow: ["10.0.0.0/8"] }],
    ],
    [
      "is said anew",
      [{ pool: "api" }],
      { on: true, pool: "api", message: "Soon." },
      [{ pool: "api", message: "Soon." }],
    ],
    [
      "is no longer what is switched off",
      [{ pool: "api" }, { pool: "web" }],
      { on: false, pool: "api" },
      [{ pool: "web" }],
    ],
    ["is nothing when all is switched off", [{ pool: "api" }, {}], { on: false }, []],
    ["is forgotten with its pool", [{ pool: "gone" }, { pool: "price" }], undefined, []],
    ["survives outputs that are no state", [{ own: 1 }, "garbage"], undefined, []],
  ];

  test.each(cases)("%s", (_, previous, told, expected) => {
    const text = told === undefined ? undefined : JSON.stringify(told);
    expect(resolveMaintenance(pools, previous, text)).toEqual({ states: expected, problems: [] });
  });
});

test.each([
  ["on", 'FLOTILLA_MAINTENANCE must be JSON with on, got "on".'],
  [
    '{"on":true,"pool":"apo"}',
    'FLOTILLA_MAINTENANCE must name a pool that clients reach, got "apo". Did you mean api?',
  ],
  ['{"on":true,"pool":"price"}', 'FLOTILLA_MAINTENANCE must name a pool that clients reach, got "price".'],
])("%s is refused, and all stays as it was", (text, message) => {
  const { states, problems } = resolveMaintenance(pools, [{ pool: "api" }], text);
  expect(states).toEqual([{ pool: "api" }]);
  expect(problems.map(describeProblem).join()).toContain(message);
});

describe("maintenance goes over the settings", () => {
  test("of the balancer, for everything", () => {
    const balancer = { port: 80, maintenance: { enabled: false, allow: ["10.0.0.1"] } };
    expect(putMaintenance({ balancer }, [{ message: "Soon." }])).toEqual({
      balancer: { port: 80, maintenance: { enabled: true, allow: ["10.0.0.1"], message: "Soon." } },
    });
  });

  test("of the routes that lead to a pool", () => {
    const routes = [{ pool: "api" }, { path: "/web", pool: "web" }, { path: "/api/", pool: "api" }];
    const maintenance = { enabled: true };
    expect(putMaintenance({ routes }, [{ pool: "api" }])).toEqual({
      routes: [{ pool: "api", maintenance }, routes[1], { path: "/api/", pool: "api", maintenance }],
    });
  });

  test("of the balancer, where there are no routes", () => {
    expect(putMaintenance({}, [{ pool: "api" }])).toEqual({ balancer: { maintenance: { enabled: true } } });
  });

  test("and changes nothing where there is none", () => {
    expect(putMaintenance({ pools }, [])).toEqual({ pools });
  });
});
