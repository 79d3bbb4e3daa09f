import { describe, expect, test } from "vitest";
import { describeFaults } from "../../support/service";

const api = { image: "node:24", port: 3000 };

describe("a pool without a port", () => {
  const worker = { image: "node:24" };
  const unfit = "must be left out where the pool has no port";
  const setPort = "Set port if the replicas take requests, or remove it.";
  const command = "Set healthCheck.command, whose check it is of.";
  // prettier-ignore
  const cases: [object, string[]][] = [
    [{}, []],
    [{ healthCheck: { command: "true", intervalSeconds: 5, timeoutSeconds: 5, retries: 1, startSeconds: 5 } }, []],
    [{ healthCheck: { startSeconds: 5 }, metrics: { port: 9000 }, strategy: "rolling", stopSeconds: 60 }, []],
    [{ reachableFrom: ["api"] }, [`reachableFrom ${unfit}, got a list of 1. ${setPort}`]],
    [{ balancing: { sticky: {} } }, [`balancing ${unfit}, got an object. ${setPort}`]],
    [{ drainSeconds: 30, port: undefined }, [`drainSeconds ${unfit}, got 30. ${setPort}`]],
    [{ healthCheck: { path: "/up", retries: 2 } }, [
      `healthCheck.path ${unfit}, got "/up". Set port if the replicas take requests, or command instead.`,
      `healthCheck.retries ${unfit}, got 2. ${command}`,
    ]],
    [{ healthCheck: { intervalSeconds: 5, timeoutSeconds: 5 } }, [
      `healthCheck.intervalSeconds ${unfit}, got 5. ${command}`,
      `healthCheck.timeoutSeconds ${unfit}, got 5. ${command}`,
    ]],
    [{ metrics: {} }, ["metrics.port must be set where the pool has no port, got nothing. Set the port of the figures."]],
    [{ drainSeconds: 0, balancing: [], image: "A B" }, [
      'image must be the name of a Docker image, got "A B". Write it like nginx:1.30.4 or registry.example.com/team/app@sha256:….',
      "balancing must be an object that says what the balancer does with the replicas, got an empty list.",
      "drainSeconds must be a whole number from 1 to 3600, got 0.",
    ]],
  ];

  test.each(cases)("beside one with a port: %j", (fields, problems) => {
    const found = describeFaults({ pools: { api, jobs: { ...worker, ...fields } } });
    expect(found.sort()).toEqual(problems.map((each) => `pools.jobs.${each}`).sort());
  });

  // prettier-ignore
  const services: [string, object, string[]][] = [
    ["alone", {}, []],
    ["with a balancer", { balancer: { port: 8080 } }, ["balancer must be left out where no pool has a port, got an object. Set the port that the replicas listen on, or remove the balancer."]],
    ["with a route to it", { routes: [{ pool: "jobs" }] }, ['routes[0].pool must name a public pool, got "jobs". Set port of jobs, or remove the route.']],
    ["with a route elsewhere", { routes: [{ path: "/old", redirect: { to: "https://example.com" } }] }, ["routes must be left out where no pool is public, got a list of 1. Set the port of the pool that clients use, or remove the routes."]],
    ["with a pool that it reaches", { pools: { jobs: worker, api: { ...api, reachableFrom: ["jobs"] } }, balancer: { image: "nginx:1.30.4" } }, []],
    ["beside two public pools", { pools: { jobs: worker, api, web: api } }, ["routes must say which requests go to which public pool (api, web), got nothing. Add a route per public pool, or make pools internal with reachableFrom."]],
  ];

  test.each(services)("%s", (_, args, problems) => {
    expect(describeFaults({ pools: { jobs: worker }, ...args })).toEqual(problems);
  });
});
