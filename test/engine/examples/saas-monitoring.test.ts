import { afterAll, expect } from "vitest";
import {
  findNotice,
  listAlerts,
  type MonitoringOutputs,
  type Notice,
  query,
  startWebhook,
  type Webhook,
} from "../monitoring/support/prometheus";
import { docker, findReplica, findRunning, until } from "../support/engine";
import { NotTried } from "../support/record";
import { findFreePort } from "../support/ports";
import { lines } from "./lines/saas";
import { findGrafana, settle, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { send } from "./support/sending";

let webhook: Webhook;
const useDev = useExample("saas", "dev", { "pools.backend.replicas": 2 }, async (project) => {
  webhook = await startWebhook(await findFreePort());
  const command = ["config", "set", "--secret", "alertsUrl", webhook.url];
  await project.run("pulumi", ...command, `--stack=${project.stack}`, "--non-interactive");
  await settle(project, {
    "balancer.tls.port": await findFreePort(),
    "monitoring.port": await findFreePort(),
    "monitoring.notify.webhooks": ["alertsUrl"],
    "monitoring.grafana.enabled": (await findGrafana()) === "true",
  });
});
afterAll(() => webhook.close());
const prove = useLines("saas", lines);

const monitoring = async () =>
  ((await useDev().outputs()) as unknown as { monitoring: MonitoringOutputs & { grafanaUrl?: string } })
    .monitoring;
const ask = (path: string) => send(`${useDev().url}/admin/monitoring/${path}`);

prove("prometheus", "targets that answer", async () => {
  const found = await monitoring();
  const expected = { balancer: 1, pool: 2, postgres: 1, redis: 1 };
  const readUp = async () => {
    const answers = await query(found, "sum by (job) (up)");
    return Object.fromEntries(answers.map(({ labels, value }) => [String(labels.job), value]));
  };
  await expect.poll(readUp, { timeout: 120_000 }).toMatchObject(expected);
  return `${JSON.stringify(expected)} answer`;
});

prove("alerts", "each has its rule in this Prometheus, which can go by it", async () => {
  const names = [
    ...["HostCpuHigh", "ContainerCpuHigh", "HostMemoryHigh", "ContainerMemoryHigh", "DiskFilling"],
    ...["ResponseSlow", "StoreConnectionsHigh"],
  ];
  const find = async () => {
    const rules = await listAlerts(await monitoring());
    return names.map((name) => rules.get(name)?.health);
  };
  await expect.poll(find, { timeout: 120_000 }).toEqual(names.map(() => "ok"));
  return names.join(", ");
});

prove("grafana", "its address, asked for its health", async () => {
  const { grafanaUrl } = await monitoring();
  expect(String(grafanaUrl !== undefined)).toBe(await findGrafana());
  if (grafanaUrl === undefined) throw new NotTried("the engine has no image of Grafana");
  const { status } = await fetch(`${grafanaUrl}/api/health`);
  expect(status).toBe(200);
  return "answers 200";
});

prove("monitoringHealth", "its answer while all is well, and while Redis stands still", async () => {
  await until("all is well", async () => (await ask("health")).status === 200);
  const well = await ask("health");
  expect(well.json).toMatchObject({
    status: "healthy",
    checks: { database: { ok: true }, sessions: { ok: true } },
  });
  const [sessions = ""] = await findRunning(
    ...([useDev().label, "flotilla.store=sessions", "flotilla.role=store"] as const),
  );
  await docker("pause", sessions);
  const ill = await ask("health").finally(() => docker("unpause", sessions));
  expect(ill.status).toBe(503);
  expect(ill.json).toMatchObject({ checks: { database: { ok: true }, sessions: { ok: false } } });
  await until("all is well again", async () => (await ask("health")).status === 200);
  return "200 healthy; with Redis paused 503, which names it; 200 again";
});

prove("healthHistory", "entries of each backend, again and again", async () => {
  const read = async () =>
    (await ask("health/history?hours=1")).json as {
      checks: number;
      healthy: number;
      history: { instance: string; at: string }[];
    };
  const before = await read();
  await until(
    "each has written again",
    async () => {
      const { history } = await read();
      const newer = history.filter(({ at }) => at > (before.history[0]?.at ?? ""));
      return new Set(newer.map(({ instance }) => instance)).size === 2;
    },
    90,
  );
  const { checks, healthy, history } = await read();
  expect(history.length).toBe(checks);
  expect(checks).toBeGreaterThan(before.checks);
  return `${healthy} of ${checks} entries healthy, by ${[...new Set(history.map(({ instance }) => instance))].sort().join(", ")}`;
});

prove("systemMetrics", "processors, memory, disk, response times, connections", async () => {
  const { status, json } = await ask("system/metrics");
  expect(status).toBe(200);
  const number = expect.any(Number) as number;
  expect(json).toMatchObject({
    cpu: { percent: number },
    memory: { usedBytes: number, limitBytes: 512 * 1024 * 1024 },
    disk: { totalBytes: number, freeBytes: number },
    responses: { counted: number, p95Milliseconds: number },
    database: { pool: { max: 10 }, connections: number, most: 100 },
  });
  const { memory, database } = json as {
    memory: { usedBytes: number };
    database: { connections: number };
  };
  expect(memory.usedBytes).toBeGreaterThan(1024 * 1024);
  expect(database.connections).toBeGreaterThan(0);
  return `${Math.round(memory.usedBytes / 1024 / 1024)} of 512 MiB, ${database.connections} of 100 connections`;
});

prove("alertmanager", "a backend that is killed, and what the webhook is told", async () => {
  const find = (status: Notice["status"]) => findNotice(webhook, status, "backend-2");
  expect(find("firing")).toBeUndefined();
  const backend = await findReplica(useDev().label, "backend-2");
  const killedAt = Date.now();
  await docker("kill", backend);
  try {
    await until("the webhook is told", () => find("firing") !== undefined, 420);
  } finally {
    await docker("start", backend);
  }
  const seconds = ((find("firing")?.at ?? 0) - killedAt) / 1000;
  const startedAt = Date.now();
  await until("the webhook is told that it is over", () => find("resolved") !== undefined, 300);
  return `firing ${seconds.toFixed(0)} s after the kill, resolved ${((Date.now() - startedAt) / 1000).toFixed(0)} s after the start`;
});
