import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { setSecret } from "../images/stack-secrets";
import { provide } from "../sealed/containers";
import { readAllArguments } from "../support/arguments";
import { addMonitoring } from "../support/monitoring";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const images = ["prom/prometheus", "prom/alertmanager", "redis:8.2", "haproxy:3.2"];
const password = "hunter2-very-secret";
const workspace = useWorkspace({
  name: "lists",
  pools: { api: demoPool({ stores: { REDIS_URL: "cache" } }) },
  settings: {
    datastores: { cache: { engine: "redis", password: "STORE_PASSWORD", redis: { servers: 2 } } },
  },
});

beforeAll(async () => {
  await provide(...images);
  await addMonitoring(workspace(), "MONITORING_PASSWORD");
  await setSecret(workspace(), "STORE_PASSWORD", password);
  await setSecret(workspace(), "MONITORING_PASSWORD", password);
});

/** Looks at the arguments of all processes again and again; gives those that were seen. */
async function watchArguments(until: Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>();
  const state = { isOver: false };
  const over = until.finally(() => {
    state.isOver = true;
  });
  // A failure is told after the loop.
  over.catch(() => undefined);
  while (!state.isOver) {
    for (const text of await readAllArguments()) seen.add(text);
  }
  await over;
  return seen;
}

test("no process of a deployment, and none of the health checks after it, has a password among its arguments", async () => {
  const startedAt = performance.now();
  const seen = await watchArguments(
    workspace()
      .deploy()
      .then(() => wait(25_000)),
  );
  const checks = [...seen].filter((text) => /^nc 127\.0\.0\.1 909[03]/.test(text));
  const showing = [...seen].filter((text) => text.includes(password));
  record({
    operation: "processes with a password among their arguments",
    ...{ requests: seen.size, failed: showing.length, seconds: (performance.now() - startedAt) / 1000 },
    held: showing.length === 0,
    note: `${checks.length} health checks of the monitoring were seen`,
  });
  expect(seen.size).toBeGreaterThan(50);
  expect(showing).toEqual([]);
});
