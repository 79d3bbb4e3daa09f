import { expect, test } from "vitest";
import { Strategy } from "../../../components/types";
import { describeFaults, minimalPool } from "../../support/service";

const pool = (replicas: number, more: object = {}) => ({ ...minimalPool, replicas, ...more });
const routes = ["api", "web"].map((name) => ({ path: `/${name}/`, pool: name }));

test("a network takes the replicas of an update, old and new, and the balancer", () => {
  expect(describeFaults({ pools: { api: pool(511) } })).toEqual([]);
  expect(describeFaults({ pools: { api: pool(512) } })).toEqual([
    "pools.api.replicas must leave room in its network, which takes 1023 containers: while an update runs there are 1025, got 512. Set fewer, or the strategy rolling, which has one more at a time and not twice as many.",
  ]);
});

test("replicas that are updated one after the other need less of it", () => {
  expect(describeFaults({ pools: { api: pool(1000, { strategy: Strategy.Rolling }) } })).toEqual([]);
});

test("public pools share one network, internal ones have their own", () => {
  const web = pool(300);
  expect(describeFaults({ pools: { api: pool(300), web }, routes })[0]).toContain("there are 1201, got 300");
  const inside = { ...web, reachableFrom: ["api"] };
  expect(describeFaults({ pools: { api: pool(300), web: inside } })).toEqual([]);
});
