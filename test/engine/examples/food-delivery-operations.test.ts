// The stack prod: what its operators do, and what keeps it safe.
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect } from "vitest";
import { describeFailures } from "../../load/report";
import type { BackupRecord } from "../../../backup/record";
import { askServer, listReplicas, query } from "../monitoring/support/prometheus";
import { docker, dockerLines, findReplica, readState, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { row } from "../support/rows";
import { lines } from "./lines/food-delivery";
import { runExample } from "./support/commands";
import { useExample } from "./support/example";
import {
  askApi,
  type Asked,
  customers,
  evaluate,
  findMongo,
  findMonitoring,
  logIn,
  placeOrder,
  readers,
  runIn,
} from "./support/food-delivery";
import { useLines } from "./support/lines";

let httpsPort = 0;
const project = useExample("food-delivery", "prod", {}, async ({ configure }) => {
  httpsPort = await findFreePort();
  await configure({
    "food-delivery:httpsPort": String(httpsPort),
    "food-delivery:monitoringPort": String(await findFreePort()),
    "food-delivery:requestsPerSecond": "5",
    "food-delivery:backupSchedule": "* * * * *",
  });
  // Alertmanager and Grafana have the next two.
  await findFreePort();
  await findFreePort();
});
const prove = useLines("food-delivery", lines);
const stackFilter = () => `--filter=label=flotilla.stack=${project().label}`;
const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };

let ca = "";
let url = "";
const readCertificate = async () => {
  const [front = ""] = await dockerLines(
    ...["ps", "--format={{.Names}}", stackFilter(), "--filter=label=flotilla.balancer=balancer"],
  );
  ca = await docker("exec", front, "cat", "/etc/flotilla/live/certificates/1.pem");
};
beforeAll(async () => {
  url = `https://localhost:${httpsPort}`;
  await readCertificate();
});
const ask = (path: string, options: Asked = {}) => askApi(url, path, { ca, ...options });

prove("rateLimits", "120 requests at once with a limit of 5 a second, and with one of 1000", async () => {
  const refused = async () => {
    const answers = await Promise.all(Array.from({ length: 120 }, () => ask("/api/health")));
    for (const { status } of answers) expect([200, 429]).toContain(status);
    return answers.filter(({ status }) => status === 429).length;
  };
  const limited = await refused();
  const pages = await Promise.all(Array.from({ length: 120 }, () => ask("/")));
  await project().configure({ "food-delivery:requestsPerSecond": "1000" });
  const { changes } = await project().deploy();
  expect(changes.create + changes.delete).toBe(0);
  const numbers = [limited, pages.filter(({ status }) => status !== 200).length, await refused()];
  expect(limited).toBeGreaterThan(30);
  expect(numbers.slice(1)).toEqual([0, 0]);
  return `refused with 5 a second ${limited}, of the pages ${numbers[1] ?? ""}, with 1000 ${numbers[2] ?? ""}`;
});

prove("https", "over TLS under load, and what plain HTTP answers", async () => {
  const plain = await fetch(`${project().url}/api/restaurants`, { redirect: "manual" });
  expect(plain.status).toBe(308);
  expect(plain.headers.get("location")).toBe(`https://127.0.0.1:${httpsPort}/api/restaurants`);
  const { report } = await row(
    { operation: "food-delivery: load over TLS", ...(await customers(url, { ca })) },
    () => wait(2000),
  );
  return `plain HTTP ${plain.status}; over TLS ${describeFailures(report)}`;
});

prove("secrets", "JWT_SECRET and the password of MongoDB in inspect, logs, state and outputs", async () => {
  const secret = await runIn(project(), "api-1", "cat", "/run/secrets/jwt");
  const { password } = new URL(await runIn(project(), "api-1", "printenv", "MONGODB_URL"));
  expect([secret.length >= 16, password.length >= 16]).toEqual([true, true]);
  const { run, stack, deploy } = project();
  const { text, changes } = await deploy();
  expect(changes, text).toMatchObject(unchanged);
  const state = await run("pulumi", "stack", "export", `--stack=${stack}`);
  const name = await findReplica(project().label, "api-1");
  const seen = { up: text, state, logs: await docker("logs", name) };
  for (const [place, content] of Object.entries(seen)) {
    expect(content, place).not.toContain(secret);
    expect(content, place).not.toContain(password);
  }
  expect(await docker("inspect", name)).not.toContain(secret);
  return `2 secrets, 0 in ${Object.keys(seen).join(", ")}; JWT_SECRET is not in docker inspect`;
});

prove("monitoring", "what Prometheus looks at, and a rate that follows the load", async () => {
  const monitoring = await findMonitoring(project());
  await until("three replicas answer Prometheus", async () => {
    const found = Object.entries(await listReplicas(monitoring)).sort();
    return JSON.stringify(found) === JSON.stringify([1, 2, 3].map((number) => [`api-${number}`, 1]));
  });
  const rateOf = async () => (await query(monitoring, 'pool:requests:rate{pool="api"}'))[0]?.value ?? 0;
  const before = await rateOf();
  const { result } = await row(
    { operation: "food-delivery: load that Prometheus sees", ...(await readers(url, { ca })) },
    () => until("the rate is known", async () => (await rateOf()) > before + 5, 90),
  );
  const stores = await query(monitoring, "mongodb_up == 1");
  expect(stores).toHaveLength(1);
  return `3 replicas and ${stores.length} MongoDB; the rate rose from ${before.toFixed(1)} to ${(await rateOf()).toFixed(1)} in ${result.toFixed(0)} s`;
});

prove("alerts", "a killed replica, in Prometheus and Alertmanager, until it is started", async () => {
  const monitoring = await findMonitoring(project());
  const firing = async () =>
    (await query(monitoring, 'ALERTS{alertname="ReplicaDown",alertstate="firing",replica="api-2"}')).length;
  const known = async () => {
    const answer = await askServer(monitoring, `${monitoring.alertmanagerUrl}/api/v2/alerts`);
    const alerts = (await answer.json()) as { labels: Record<string, string> }[];
    return alerts.some(({ labels }) => labels.alertname === "ReplicaDown" && labels.replica === "api-2");
  };
  expect(await firing()).toBe(0);
  const killed = await findReplica(project().label, "api-2");
  await docker("kill", killed);
  const fired = await until("the alert fires", async () => (await firing()) === 1 && (await known()), 150);
  await docker("start", killed);
  const over = await until("the alert is over", async () => (await firing()) === 0, 150);
  return `fired ${fired.toFixed(0)} s after the kill, over ${over.toFixed(0)} s after the start`;
});

const list = async () =>
  (await runExample<{ backups?: BackupRecord[] }>(project(), "backup", "mongo", "--list")).backups ?? [];
const countOrders = async () => Number(await evaluate(project(), "print(db.orders.countDocuments())"));

prove("backups", "each minute by schedule; one is restored over orders that were deleted", async () => {
  const token = await logIn(url, "keeper", { ca });
  await until(
    "a backup was made by schedule",
    async () => (await list()).some(({ reason, verified }) => reason === "schedule" && verified),
    150,
  );
  for (let i = 0; i < 20; i += 1) await placeOrder(url, token, { ca });
  const before = await countOrders();
  const { backup } = await runExample<{ backup: BackupRecord }>(project(), "backup", "mongo");
  expect(backup.verified).toBe(true);
  await evaluate(project(), "db.orders.deleteMany({}); db.restaurants.deleteOne({ _id: 'napoli' })");
  const deleted = await countOrders();
  await runExample(project(), "restore", "mongo", backup.id, "--yes");
  const numbers = [before, deleted, await countOrders()];
  expect(numbers).toEqual([before, 0, before]);
  expect(before).toBeGreaterThanOrEqual(20);
  expect(Number(await evaluate(project(), "print(db.restaurants.countDocuments())"))).toBe(3);
  return `orders before, deleted, restored: ${numbers.join(", ")}`;
});

prove("ps", "docker ps by the stack's label", async () => {
  const listed = await dockerLines("ps", '--format={{.Label "flotilla.replica"}}', stackFilter());
  const replicas = listed.filter((title) => title !== "").sort();
  expect(replicas).toEqual([
    "api-1",
    "api-2",
    "api-3",
    "delivery-1",
    "delivery-2",
    "frontend-1",
    "frontend-2",
  ]);
  return `${listed.length} containers, of them ${replicas.join(", ")}`;
});

const names = () => dockerLines("ps", "--format={{.Names}}", stackFilter());

prove("logsAll", "docker logs of each container that the label finds", async () => {
  await ask("/api/restaurants/saigon/menu");
  const logs = await Promise.all((await names()).map((name) => docker("logs", name)));
  const text = logs.join("\n");
  expect(text).toMatch(/^\[api-\d\] GET \/api\/restaurants\/saigon\/menu 200$/m);
  expect(text).toMatch(/^\[delivery-\d\] GET \/restaurants\/saigon\/menu 200$/m);
  expect(text).toMatch(/"\/api\/restaurants\/saigon\/menu"/);
  return `${logs.length} containers, ${text.split("\n").length} lines`;
});

prove("logsOne", "docker logs of one replica", async () => {
  const text = await docker("logs", await findReplica(project().label, "api-2"));
  const named = text.split("\n").filter((line) => /^\[api-\d\]/.test(line));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((line) => !line.startsWith("[api-2] "))).toEqual([]);
  return `${named.length} lines of api-2, 0 of others`;
});

prove("logsFollow", "docker logs --follow while a request comes", async () => {
  const follower = spawn("docker", [
    "logs",
    "--follow",
    "--tail=0",
    await findReplica(project().label, "frontend-1"),
  ]);
  let text = "";
  follower.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  try {
    const seconds = await until("the request is shown", async () => {
      await ask("/followed");
      return text.includes("[frontend-1] GET /followed 200");
    });
    expect(seconds).toBeLessThan(10);
    return `shown after ${seconds.toFixed(1)} s`;
  } finally {
    follower.kill();
  }
});

prove("stats", "docker stats of the stack's containers", async () => {
  const format = "--format={{.Name}} {{.CPUPerc}} {{.MemUsage}}";
  const shown = await dockerLines("stats", "--no-stream", format, ...(await names()));
  expect(shown.length).toBe((await names()).length);
  const api = shown.filter((line) => line.startsWith("food-api-"));
  for (const line of api) expect(line).toMatch(/ \d+\.\d+% [\d.]+MiB \/ 256MiB$/);
  expect(api).toHaveLength(3);
  return api.join("; ");
});

prove("exec", "docker exec in one replica", async () => {
  const said = await runIn(project(), "api-3", "sh", "-c", "echo $INSTANCE_ID $NODE_ENV");
  expect(said).toBe("api-3 production");
  return said;
});

prove("restart", "docker restart of a replica while customers look", async () => {
  const name = await findReplica(project().label, "api-1");
  const before = await readState(name);
  const { report } = await row(
    { operation: "food-delivery: docker restart of a replica", ...(await readers(url, { ca })) },
    async () => {
      await docker("restart", name);
      await until("it is healthy", async () => (await readState(name)).health === "healthy");
    },
  );
  expect((await readState(name)).startedAt).not.toBe(before.startedAt);
  return describeFailures(report);
});

prove("stop", "docker stop of all containers, docker start, and the data", async () => {
  const all = await names();
  const orders = await countOrders();
  await docker("stop", ...all);
  expect(await names()).toEqual([]);
  await docker("start", ...all);
  const seconds = await until(
    "it answers",
    () =>
      ask("/api/restaurants").then(
        ({ status }) => status === 200,
        () => false,
      ),
    180,
  );
  expect(await countOrders()).toBe(orders);
  return `${all.length} stopped and started, answers after ${seconds.toFixed(0)} s, ${orders} orders as before`;
});

const volumes = () => dockerLines("volume", "ls", "--format={{.Name}}", stackFilter());

prove("down", "npm run example -- food-delivery down, and up again", async () => {
  const orders = await countOrders();
  await runExample(project(), "down", "--yes");
  expect(await dockerLines("ps", "--all", "--quiet", stackFilter())).toEqual([]);
  expect(await volumes()).toContain(`food-delivery-${project().stack}-mongo`);
  await project().deploy();
  await readCertificate();
  expect(await countOrders()).toBe(orders);
  expect((await ask("/api/restaurants")).status).toBe(200);
  return `${orders} orders before and after`;
});

prove("downData", "npm run example -- food-delivery down --volumes", async () => {
  const before = await volumes();
  const mongo = await findMongo(project());
  await runExample(project(), "down", "--volumes", "--yes");
  const after = await volumes();
  expect(before).toContain(`food-delivery-${project().stack}-mongo`);
  expect(after.filter((name) => !name.endsWith("-backups"))).toEqual([]);
  expect(await dockerLines("ps", "--all", "--quiet", `--filter=name=${mongo}`)).toEqual([]);
  return `${before.length} volumes before, ${after.length} after`;
});
