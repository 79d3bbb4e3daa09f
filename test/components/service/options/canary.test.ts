import { describe, expect, test } from "vitest";
import { Method } from "../../../../components";
import {
  environmentOf,
  describeFaults,
  ofType,
  parseService,
  minimalPool,
  recordPool,
  recordService,
  taskOf,
} from "../../../support/service";

const api = { image: "node:24", port: 3000 };
const parseCanary = (canary: object) =>
  parseService({ pools: { api: { ...api, canary } } }).pools.api?.canary;

test("nothing has to be said of it", () => {
  expect(parseCanary({})).toEqual({
    ...{ steps: [10, 50], seconds: 60, mostSeconds: 180, leastRequests: 50 },
    ...{ errorPercent: 1, slowdown: 2, slowdownSeconds: 0.05 },
  });
  expect(parseCanary({ seconds: 5, steps: [1, 99], p95Seconds: 0.3 })).toMatchObject({
    ...{ steps: [1, 99], seconds: 5, mostSeconds: 15, p95Seconds: 0.3 },
  });
});

describe("a pool", () => {
  const stepRule = "be a list of whole numbers from 1 to 99 that grow";
  // prettier-ignore
  const cases: [object, string[]][] = [
    [{ canary: {} }, []],
    [{ canary: { steps: [5] }, balancing: { method: "ip_hash" } }, []],
    [{ canary: {}, balancing: { method: "hash", hashKey: "$cookie_user" } }, []],
    [{ canary: {}, reachableFrom: ["web"] }, []],
    [{ canary: 10 }, ["canary must be an object that describes the steps; {} has defaults for all, got 10."]],
    [{ canary: { step: [10] } }, ['canary must have only known keys, got "step". Did you mean steps?']],
    [{ canary: { steps: [] } }, [`canary.steps must ${stepRule}, got an empty list.`]],
    [{ canary: { steps: [50, 10] } }, [`canary.steps must ${stepRule}, got a list of 2. Each is per cent of the pool's requests, like [10, 50].`]],
    [{ canary: { steps: [10, 100] } }, ["canary.steps[1] must be a whole number from 1 to 99, got 100. All requests go to the new replicas after the last step."]],
    [{ canary: { seconds: 60, mostSeconds: 30 } }, ["canary.mostSeconds must be at least seconds (60), got 30. Set it higher, or seconds lower."]],
    [{ canary: { slowdown: 0.5, errorPercent: 101 } }, [
      "canary.slowdown must be a number from 1 to 1000, got 0.5.",
      "canary.errorPercent must be a number from 0 to 100, got 101.",
    ]],
    [{ canary: {}, strategy: "rolling" }, ["canary must be left out where strategy is rolling, got an object. One by one, old replicas are gone before the new ones have proven themselves: set strategy to blue-green, or remove it."]],
    [{ canary: {}, balancing: { sticky: {} } }, ["canary must be left out where balancing.sticky is set, got an object. Clients with a cookie stay with their replica, whatever the shares are: use the method ip_hash or hash instead of sticky, or remove it."]],
    [{ canary: {}, port: undefined }, ["canary must be left out where the pool has no port, got an object. Set port if the replicas take requests, or remove it."]],
  ];

  test.each(cases)("with %j", (fields, problems) => {
    const web = { ...api, port: 80 };
    const routes =
      "reachableFrom" in fields || "port" in fields
        ? [{ pool: "web" }]
        : [{ pool: "web" }, { pool: "api", path: "/api" }];
    const found = describeFaults({ pools: { api: { ...api, ...fields }, web }, routes });
    expect(found.sort()).toEqual(problems.map((each) => `pools.api.${each}`).sort());
  });
});

test("requests have to be counted in front of a public pool", () => {
  const balancer = { status: { metrics: false } };
  expect(describeFaults({ pools: { api: { ...api, canary: {} } }, balancer })).toEqual([
    "pools.api.canary must be left out where balancer.status.metrics is false, got an object. It is judged by the requests that the balancer counts: set metrics to true, or remove it.",
  ]);
  const inner = { ...api, canary: {}, reachableFrom: ["web"] };
  expect(describeFaults({ pools: { api: inner, web: api }, balancer })).toEqual([]);
});

describe("the update of a pool", () => {
  const findPush = async (pool: object) => {
    const commands = ofType(await recordPool(pool), "Command");
    const push = commands.find(({ name }) => name === "app-balancer-push");
    if (push === undefined) throw new Error("There is no push.");
    return push;
  };

  test("is told of its canary, and of what the shares are of", async () => {
    expect(taskOf(await findPush({ canary: { seconds: 5 } }))).toMatchObject({
      canaries: { api: { steps: [10, 50], seconds: 5, mostSeconds: 15, sharesClients: false } },
    });
    const balancing = { method: Method.IpHash };
    expect(taskOf(await findPush({ canary: {}, balancing }))).toMatchObject({
      canaries: { api: { sharesClients: true } },
    });
  });

  test("of an internal one by its own balancer is told too", async () => {
    const inner = { image: "node:24-slim", port: 5000, reachableFrom: ["api"], canary: {} };
    const args = { pools: { api: minimalPool, store: inner }, balancer: { status: { metrics: false } } };
    const pushes = ofType(await recordService(args), "Command").filter(({ name }) => name.endsWith("-push"));
    const told = pushes.map((push) => [push.name, Object.keys(taskOf(push).canaries ?? {})]);
    expect(Object.fromEntries(told)).toEqual({
      "app-balancer-push": [],
      "app-store-balancer-push": ["store"],
    });
  });

  test("without one is told nothing, and is the same command as before", async () => {
    expect(environmentOf(await findPush({})).FLOTILLA_TASK).toBe("{}");
  });
});
