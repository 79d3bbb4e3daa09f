import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { listDashboards } from "../../../monitoring/dashboards";
import type { Dashboard, Panel } from "../../../monitoring/dashboards/model";
import { rateWindow } from "../../../monitoring/rules";
import { startLoad } from "../../load/client";
import { findContainer, mustRun, runCommand } from "../datastore/support/backups";
import { docker, findReplica, findRunning, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import type { Outputs } from "../support/workspace";
import { judgePanel, type Span } from "./support/panels";
import { type MonitoringOutputs, query } from "./support/prometheus";

const intervalSeconds = 2;
const windowSeconds = 60;
/** A backup is due very soon. */
const backupHours = 0.02;
const workspace = useWorkspace({
  name: "panels",
  pools: {
    api: demoPool({
      replicas: 2,
      metrics: { path: "/metrics" },
      balancing: { activeHealth: { intervalSeconds: 2 } },
      stores: { REDIS_URL: "cache" },
      limits: { cpus: 0.5, memoryMiB: 256 },
    }),
  },
  settings: {
    routes: [
      { path: "/", pool: "api" },
      { path: "/kept", pool: "api", cache: { seconds: 5 } },
      { path: "/rare", pool: "api", rate: { perSecond: 1, burst: 1 } },
    ],
    datastores: {
      cache: {
        engine: "redis",
        metrics: true,
        limits: { memoryMiB: 64 },
        redis: { servers: 2 },
        backup: { schedule: "0 3 1 1 *", verify: false },
      },
    },
  },
});
let outputs: Outputs;
let monitoring: MonitoringOutputs;
const spans: { idle: Span; load: Span } = { idle: { from: 0, to: 0 }, load: { from: 0, to: 0 } };

beforeAll(async () => {
  const port = await findFreePort();
  const alertmanagerPort = await findFreePort();
  const tlsPort = await findFreePort();
  workspace().configure((settings) => {
    settings.balancer.tls = { port: tlsPort, redirect: false };
    settings.monitoring = {
      ...{ port, alertmanager: { port: alertmanagerPort }, intervalSeconds },
      thresholds: { deploymentSeconds: 10, backupHours },
    };
  });
  await workspace().deploy();
  outputs = await workspace().outputs();
  ({ monitoring } = outputs as unknown as { monitoring: MonitoringOutputs });
  await allMeasured();
  spans.idle = await beIdle();
  spans.load = await beBusy();
});

async function allMeasured(): Promise<void> {
  const jobs = ["balancer", "pool", "redis", "backup", "host", "containers"];
  let missing: string[] = [];
  const isMeasured = async (): Promise<boolean> => {
    const up = await query(monitoring, "up");
    const down = up.filter(({ value }) => value !== 1).map(({ labels }) => JSON.stringify(labels));
    missing = [...jobs.filter((job) => up.every(({ labels }) => labels.job !== job)), ...down];
    return missing.length === 0;
  };
  await until("all parts are measured", isMeasured, 120).catch(() => {
    throw new Error(`Not measured: ${missing.join(", ")}`);
  });
}

/** Lets the window of the rates pass without a request, and then some. */
async function beIdle(): Promise<Span> {
  await wait((windowSeconds + 10) * 1000);
  const from = Date.now();
  await wait(10_000);
  return { from, to: Date.now() };
}

/** Does what the panels are there for: load, failures, limits, a cache, a replica that dies, and so on. */
async function beBusy(): Promise<Span> {
  const stopping = { now: false };
  const load = startLoad({ url: workspace().url, slowMs: 200 });
  const others = [
    repeat(stopping, 50, () => ask(`${workspace().url}/fail?status=500`)),
    repeat(stopping, 50, () => ask(`${workspace().url}/kept`)),
    repeat(stopping, 50, () => ask(`${workspace().url}/rare`)),
    repeat(stopping, 200, () => fillStore()),
  ];
  await failBackup();
  await mustRun(workspace(), "backup", "cache");
  const victim = await findReplica(workspace().label, "api-2");
  await docker("kill", victim);
  const from = Date.now();
  await wait(35_000);
  const sole = await findReplica(workspace().label, "api-1");
  const [copy = ""] = outputs.stores?.cache?.containers.slice(1) ?? [];
  await docker("kill", sole, copy);
  await wait(15_000);
  await docker("start", sole, copy, victim);
  const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
  await docker("pause", balancer);
  await wait(5000);
  await docker("unpause", balancer);
  await wait(20_000);
  stopping.now = true;
  await Promise.all(others);
  await load.stop();
  return { from, to: Date.now() };
}

async function repeat(stopping: { now: boolean }, pause: number, act: () => Promise<unknown>): Promise<void> {
  while (!stopping.now) {
    await act();
    await wait(pause);
  }
}

async function fillStore(): Promise<void> {
  const { cache } = outputs.stores ?? {};
  const [leader = ""] = cache?.containers ?? [];
  const { username, password } = new URL(cache?.url ?? "");
  await docker(
    ...["exec", leader, "redis-cli", "--no-auth-warning", "--user", username, "--pass", password],
    ...["eval", "for i = 1, 50 do redis.call('rpush', KEYS[1], string.rep('x', 1000)) end", "1", "filling"],
  );
}

/** A place that cannot be written makes a backup fail. */
async function failBackup(): Promise<void> {
  const keeper = await findContainer(workspace(), "cache", "store-backup");
  const inside = (script: string): Promise<string> => docker("exec", keeper, "sh", "-ec", script);
  await inside('cd /backups; for f in *; do mv "$f" "$f.away"; touch "$f"; done');
  expect((await runCommand(workspace(), "backup", "cache")).ok).toBe(false);
  await inside('cd /backups; for f in *.away; do rm -f "${f%.away}"; mv "$f" "${f%.away}"; done');
}

const panels = listDashboards(rateWindow(intervalSeconds)).flatMap((dashboard) =>
  dashboard.panels.map((panel): [string, string, Dashboard, Panel] => [
    dashboard.name,
    panel.title,
    dashboard,
    panel,
  ]),
);

const byItself = "a time that goes on, with or without load";
const ofHost = "of the whole host, whose other programs move it too";
/** Panels whose value moves without load too, so that a difference says less. */
const exceptions: Record<string, string | undefined> = {
  "Certificates expire in": byItself,
  "Since the last deployment": byItself,
  ...Object.fromEntries(
    [
      ...["Processors of the host", "Memory of the host", "Fullest disk", "Processors", "Memory"],
      ...["Load of five minutes by processor", "Disks: in use", "Disks: time at work"],
    ].map((title) => [title, ofHost]),
  ),
};

describe("every panel has figures, and others under load than without", () => {
  test.each(panels)("%s: %s", async (_name, _title, dashboard, panel) => {
    const verdict = await judgePanel(monitoring, dashboard, panel, spans);
    const exception = exceptions[panel.title];
    const held = verdict.empty === 0 && verdict.moves;
    record({
      operation: `panel ${verdict.dashboard}: ${verdict.panel} (queries, without data)`,
      ...{ requests: verdict.queries, failed: verdict.empty, held, seconds: 0 },
      note: `${verdict.series} lines; without load → with load: ${verdict.example}`,
      ...(exception === undefined ? {} : { exception }),
    });
    expect(verdict).toMatchObject({ empty: 0, moves: true });
  });
});

test("a backup that is missed raises an alert, until there is one", async () => {
  const fires = async (): Promise<boolean> =>
    (await query(monitoring, 'ALERTS{alertname="BackupMissed",alertstate="firing"}')).length > 0;
  const [age] = await query(monitoring, "time() - flotilla_backup_last_success_timestamp_seconds");
  const seconds = await until("the alert fires", fires, 300);
  await mustRun(workspace(), "backup", "cache");
  const over = await until("the alert is over", async () => !(await fires()), 60);
  record({
    operation: "a backup is missed: alert, until the next one is made",
    ...{ requests: 2, failed: 0, seconds, held: true },
    note: `due after ${backupHours * 3600} s, fires after ${((age?.value ?? 0) + seconds).toFixed(0)} s, over ${over.toFixed(1)} s after the next backup`,
  });
  expect((age?.value ?? 0) + seconds).toBeGreaterThan(backupHours * 3600 + 60);
});

test("deployments are lines in every picture", async () => {
  const [deployed] = await query(monitoring, "max by (service) (flotilla_deployed_timestamp_seconds) * 1000");
  expect(Math.abs((deployed?.value ?? 0) - Date.now())).toBeLessThan(20 * 60_000);
});
