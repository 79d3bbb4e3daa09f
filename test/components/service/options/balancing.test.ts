import { expect, test } from "vitest";
import type { ActiveHealthArgs, HealthCheckArgs, TimeoutArgs } from "../../../../components";
import { parseService } from "../../../support/service";

const parsePool = (fields: object) =>
  parseService({ pools: { api: { image: "node:24", port: 3000, ...fields } } }).pools.api;

const waits: [TimeoutArgs, number[]][] = [
  [{}, [1, 20, 20, 30]],
  [{ retrySeconds: 20 }, [1, 13, 13, 20]],
  [{ readSeconds: 60 }, [1, 60, 60, 90]],
  [{ readSeconds: 2, sendSeconds: 5, connectSeconds: 3 }, [3, 2, 5, 30]],
];

test.each(waits)("timeouts of %j leave time for another try", (timeouts, seconds) => {
  const resolved = parsePool({ balancing: { timeouts } })?.balancing?.timeouts;
  const { connectSeconds, readSeconds, sendSeconds, retrySeconds } = resolved ?? {};
  expect([connectSeconds, readSeconds, sendSeconds, retrySeconds]).toEqual(seconds);
});

const asked: [ActiveHealthArgs, HealthCheckArgs, object | undefined][] = [
  [{}, {}, { path: "/health", intervalSeconds: 10, timeoutSeconds: 3, strikes: 3 }],
  [{ intervalSeconds: 2 }, { path: "/up" }, { path: "/up", timeoutSeconds: 1 }],
  [{ enabled: false }, {}, undefined],
  [{}, { command: "true" }, undefined],
  [{}, { command: "true", path: "/up" }, { path: "/up" }],
  [{ enabled: true }, { command: "true" }, { path: "/" }],
];

test.each(asked)("active health of %j follows the health check %j", (activeHealth, healthCheck, resolved) => {
  const found = parsePool({ healthCheck, balancing: { activeHealth } })?.balancing?.activeHealth;
  if (resolved === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(resolved);
});

test.each([
  [{}, 5],
  [{ holdSeconds: 20 }, 20],
  [{ activeHealth: { enabled: false } }, 0],
  [{ maxConnections: 10 }, 0],
  [{ maxConnections: 10, holdSeconds: 2 }, 2],
])("with balancing of %j, requests wait for %d seconds", (balancing, seconds) => {
  expect(parsePool({ balancing })?.balancing?.holdSeconds).toBe(seconds);
});
