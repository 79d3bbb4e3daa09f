import type { RulesState } from "../../../nginx/watch/alerts";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker, dockerLines, findReplica, until } from "../support/engine";
import { setSecret } from "../images/stack-secrets";
import { findFreePort } from "../support/ports";
import { record, row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import {
  askServer,
  findNotice,
  listReplicas,
  type MonitoringOutputs,
  type Notice,
  query,
  startWebhook,
  type Webhook,
} from "./support/prometheus";

const intervalSeconds = 2;
const quietSeconds = 60;
const workspace = useWorkspace({
  name: "monitoring",
  pools: {
    api: demoPool({
      replicas: { initial: 2, min: 1, max: 5 },
      metrics: { path: "/metrics" },
      balancing: { activeHealth: { intervalSeconds: 2 } },
      stores: { REDIS_URL: "cache" },
    }),
  },
  settings: { datastores: { cache: { engine: "redis", metrics: true } } },
});
let webhook: Webhook;
let monitoring: MonitoringOutputs;

beforeAll(async () => {
  webhook = await startWebhook(await findFreePort());
  const port = await findFreePort();
  const alertmanagerPort = await findFreePort();
  const tlsPort = await findFreePort();
  workspace().configure((settings) => {
    settings.balancer.tls = { port: tlsPort, redirect: false };
    settings.monitoring = {
      ...{ port, alertmanager: { port: alertmanagerPort }, intervalSeconds },
      thresholds: { deploymentSeconds: quietSeconds },
      notify: { webhooks: ["ALERTS_URL"], groupSeconds: 1 },
      remoteWrite: [{ url: webhook.writeUrl, token: "WRITE_TOKEN" }],
    };
  });
  await setSecret(workspace(), "ALERTS_URL", webhook.url);
  await setSecret(workspace(), "WRITE_TOKEN", "swordfish");
  await workspace().deploy();
  ({ monitoring } = (await workspace().outputs()) as unknown as { monitoring: MonitoringOutputs });
});
afterAll(() => webhook.close());

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `api-${i + 1}`);

/** Waits until exactly these many replicas are targets, and all of them answer; gives the seconds. */
function follows(count: number): Promise<number> {
  const expected = Object.fromEntries(numbered(count).map((name) => [name, 1]));
  return until(`Prometheus looks at ${count} replicas`, async () => {
    const found = await listReplicas(monitoring);
    return JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(expected).sort());
  });
}

/** Waits until the time after a deployment in which some alerts are held back is over. */
function deploymentIsOver(): Promise<number> {
  return until(
    "the deployment is over",
    async () => (await query(monitoring, 'ALERTS{alertname="Deployment"}')).length === 0,
    quietSeconds + 60,
  );
}

test("measures the balancer, the host, the store, and every replica by itself", async () => {
  await follows(2);
  const targets = ["balancer", "pool", "host", "redis", "prometheus", "alertmanager"];
  await until("all targets answer", async () => {
    const up = await query(monitoring, "min by (job) (up)");
    return targets.every((job) => up.some(({ labels, value }) => labels.job === job && value === 1));
  });
  expect(await query(monitoring, "redis_up == 1")).toHaveLength(1);
  expect(await query(monitoring, "time() - flotilla_deployed_timestamp_seconds < 600")).toHaveLength(1);
  const [certificate] = await query(monitoring, "flotilla_certificate_expiry_timestamp_seconds - time()");
  expect(certificate?.value).toBeGreaterThan(300 * 86_400);
  // Rules are reckoned after the figures are there.
  await until(
    "the rules have their figures",
    async () => (await query(monitoring, "host:memory:ratio > 0")).length === 1,
  );
});

test("a second update changes nothing", async () => {
  const { changes, text } = await workspace().deploy();
  expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  expect(text).not.toContain(monitoring.password);
});

test("publishes nothing beyond 127.0.0.1, and asks everybody for the password", async () => {
  const names = await dockerLines(
    ...["ps", "--format={{.Names}}", `--filter=label=flotilla.stack=${workspace().label}`],
    "--filter=label=flotilla.role=monitoring",
  );
  expect(names.sort()).toEqual([...monitoring.containers].sort());
  const ports = (await Promise.all(names.map((name) => docker("port", name)))).join("\n");
  const published = ports.split("\n").filter((line) => line !== "");
  expect(published).toHaveLength(2);
  for (const line of published) expect(line).toContain("-> 127.0.0.1:");
  for (const address of [monitoring.url, monitoring.alertmanagerUrl]) {
    expect((await askServer(monitoring, `${address}/-/ready`)).status).toBe(200);
    expect((await askServer(monitoring, `${address}/metrics`, "")).status).toBe(401);
    expect((await askServer(monitoring, `${address}/metrics`, "admin:wrong")).status).toBe(401);
  }
  expect(await docker("inspect", ...names)).not.toContain(monitoring.password);
  const state = await workspace().exportState();
  expect(state).not.toContain(monitoring.password);
  expect(state).not.toContain(webhook.url);
});

test("targets follow 2 → 5 → 1 under load, and Prometheus is not restarted", async () => {
  const [prometheus = ""] = monitoring.containers;
  const started = (): Promise<string> =>
    docker("inspect", "--format={{.Id}} {{.State.StartedAt}}", prometheus);
  const before = await started();
  for (const count of [5, 1]) {
    const { result } = await row(
      {
        operation: `scale to ${count}, and targets follow`,
        target: workspace().url,
        note: ({ result: seconds }) => `targets ${seconds.toFixed(1)} s after the end of the update`,
      },
      async () => {
        await workspace().deploy({ FLOTILLA_REPLICAS: `api=${count}` });
        return follows(count);
      },
    );
    expect(result).toBeLessThan(15);
  }
  expect(await started()).toBe(before);
});

test("figures move with the load", async () => {
  await workspace().deploy({ FLOTILLA_REPLICAS: "api=2" });
  await follows(2);
  await row({ operation: "load that Prometheus sees", target: workspace().url }, async () => {
    await until("shares are known", async () => {
      const shares = await query(monitoring, 'replica:share:ratio{pool="api"}');
      return shares.length === 2 && shares.every(({ value }) => value > 0.2);
    });
  });
  const [rate] = await query(monitoring, 'pool:requests:rate{pool="api"}');
  expect(rate?.value).toBeGreaterThan(1);
  const [p95] = await query(monitoring, 'pool:latency_seconds:p95{pool="api"}');
  expect(p95?.value).toBeGreaterThan(0);
  expect((await query(monitoring, 'pool:error:ratio{pool="api"}'))[0]?.value).toBe(0);
});

test("all figures go to the other place too, with its token", async () => {
  expect([...webhook.writes.keys()]).toEqual(["Bearer swordfish"]);
  const sent = await query(monitoring, "prometheus_remote_storage_samples_total");
  const failed = await query(monitoring, "prometheus_remote_storage_samples_failed_total");
  expect(failed.map(({ value }) => value)).toEqual([0]);
  const requests = [...webhook.writes.values()].reduce((sum, count) => sum + count, 0);
  record({
    operation: "a copy of all figures to another place (requests of Prometheus, refused)",
    ...{ requests, failed: failed[0]?.value ?? 0, seconds: 0, held: (sent[0]?.value ?? 0) > 0 },
    note: `${sent[0]?.value ?? 0} values`,
  });
  expect(sent[0]?.value).toBeGreaterThan(0);
});

test("the balancer shows the alerts, to those who know the password", async () => {
  const address = `${workspace().url}/lb/alerts`;
  expect((await fetch(address)).status).toBe(401);
  const wrong = await askServer(monitoring, address, "admin:wrong");
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get("www-authenticate")).toContain("Basic");
  const answer = await askServer(monitoring, address);
  expect(answer.status).toBe(200);
  const { alerts, recording, broken } = (await answer.json()) as RulesState;
  expect(alerts.map(({ alert }) => alert)).toContain("ReplicaDown");
  expect(recording).toBeGreaterThan(40);
  expect(broken).toEqual([]);
  const page = await fetch(address, {
    headers: {
      accept: "text/html",
      authorization: `Basic ${Buffer.from(`admin:${monitoring.password}`).toString("base64")}`,
    },
  });
  expect(await page.text()).toContain("<td>ReplicaDown</td>");
});

test("an update tells nobody what it brings about; what is still there after it is told", async () => {
  await deploymentIsOver();
  const told = (): Notice | undefined =>
    webhook.notices.find(({ labels }) => labels.alertname === "ReplicaDown");
  expect(told()).toBeUndefined();
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "2" });
  });
  await workspace().deploy();
  const replica = await findReplica(workspace().label, "api-2");
  const killedAt = Date.now();
  await docker("kill", replica);
  const suppressed = async (): Promise<boolean> => {
    const answer = await askServer(monitoring, `${monitoring.alertmanagerUrl}/api/v2/alerts`);
    const alerts = (await answer.json()) as { labels: Record<string, string>; status: { state: string } }[];
    return alerts.some(
      ({ labels, status }) => labels.alertname === "ReplicaDown" && status.state === "suppressed",
    );
  };
  await until("the alert is held back", suppressed, 90);
  const heldBack = (Date.now() - killedAt) / 1000;
  expect(told()).toBeUndefined();
  await until("the webhook is told after the update", () => told() !== undefined, 180);
  const seconds = ((told()?.at ?? 0) - killedAt) / 1000;
  record({
    operation: "a replica killed in an update: nobody is told until the update is over, then the webhook is",
    ...{ requests: webhook.notices.length, failed: 0, seconds, held: seconds > heldBack },
    note: `held back after ${heldBack.toFixed(1)} s, told after ${seconds.toFixed(1)} s; quiet for ${quietSeconds} s`,
  });
  expect(seconds).toBeGreaterThan(heldBack);
  await docker("start", replica);
  await until("it is over", () => webhook.notices.some(({ status }) => status === "resolved"), 120);
  webhook.notices.length = 0;
});

test("a replica that dies raises an alert that the webhook gets, and gets again when it is over", async () => {
  await deploymentIsOver();
  const find = (status: Notice["status"]) => findNotice(webhook, status, "api-2");
  expect(find("firing")).toBeUndefined();
  const replica = await findReplica(workspace().label, "api-2");
  const killedAt = Date.now();
  await docker("kill", replica);
  await until("the webhook is told", () => find("firing") !== undefined, 90);
  const told = find("firing");
  const seconds = ((told?.at ?? 0) - killedAt) / 1000;
  expect(told?.labels).toMatchObject({ service: "app", pool: "api", severity: "warning" });
  expect(told?.annotations).toMatchObject({
    summary: "app/api-2 gets no requests: its health check fails.",
    runbook_url: "docs/monitoring.md#replicadown",
  });
  const backAt = Date.now();
  await docker("start", replica);
  await until("the webhook is told that it is over", () => find("resolved") !== undefined, 120);
  const over = ((find("resolved")?.at ?? 0) - backAt) / 1000;
  record({
    operation: "a killed replica: alert at the webhook, and resolved",
    ...{ requests: webhook.notices.length, failed: 0, seconds, held: seconds < 60 },
    note: `firing ${seconds.toFixed(1)} s after the kill, resolved ${over.toFixed(1)} s after the start`,
  });
  // 20 s that it has to last, a health check, three looks and a notification; the rest for a busy machine.
  expect(seconds).toBeLessThan(60);
  await wait(100);
});
