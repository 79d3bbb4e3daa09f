// The stack prod: what its operators do, and what keeps it safe.
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect } from "vitest";
import { describeFailures } from "../../load/report";
import type { BackupRecord } from "../../../backup/record";
import { listReplicas, query } from "../monitoring/support/prometheus";
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

prove("rateLimits", "120 requests at once with a limit of 5 a second, and as many for pages", async () => {
  const refused = async (path: string) => {
    const answers = await Promise.all(Array.from({ length: 120 }, () => ask(path)));
    return answers.filter(({ status }) => status === 429).length;
  };
  const numbers = [await refused("/api/health"), await refused("/")];
  await project().configure({ "food-delivery:requestsPerSecond": "1000" });
  await project().deploy();
  expect(numbers[0]).toBeGreaterThan(30);
  expect([numbers[1], await refused("/api/health")]).toEqual([0, 0]);
  return `refused with 5 a second ${numbers.join(", of the pages ")}, with 1000 0`;
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

prove("monitoring", "what Prometheus looks at", async () => {
  const monitoring = await findMonitoring(project());
  const expected = { "api-1": 1, "api-2": 1, "api-3": 1 };
  await expect.poll(() => listReplicas(monitoring), { timeout: 60_000 }).toEqual(expected);
  expect(await query(monitoring, "mongodb_up == 1")).toHaveLength(1);
  return "3 replicas and MongoDB";
});

const countOrders = async () => Number(await evaluate(project(), "print(db.orders.countDocuments())"));

prove("backups", "each minute by schedule; one is restored over orders that were deleted", async () => {
  const list = async () =>
    (await runExample<{ backups?: BackupRecord[] }>(project(), "backup", "mongo", "--list")).backups ?? [];
  const isMade = async () => (await list()).some(({ reason, verified }) => reason === "schedule" && verified);
  await until("a backup was made by schedule", isMade, 150);
  await placeOrder(url, await logIn(url, "keeper", { ca }), { ca });
  const before = await countOrders();
  const { backup } = await runExample<{ backup: BackupRecord }>(project(), "backup", "mongo");
  await evaluate(project(), "db.orders.deleteMany({})");
  const deleted = await countOrders();
  await runExample(project(), "restore", "mongo", backup.id, "--yes");
  const numbers = [before, deleted, await countOrders()];
  expect(before).toBeGreaterThan(0);
  expect(numbers).toEqual([before, 0, before]);
  return `orders before, deleted, restored: ${numbers.join(", ")}`;
});

const names = () => dockerLines("ps", "--format={{.Names}}", stackFilter());

prove("logs", "docker logs of each container that the label finds", async () => {
  await ask("/api/restaurants/saigon/menu");
  const logs = await Promise.all((await names()).map((name) => docker("logs", name)));
  const text = logs.join("\n");
  expect(text).toMatch(/^\[api-\d\] GET \/api\/restaurants\/saigon\/menu 200$/m);
  expect(text).toMatch(/^\[delivery-\d\] GET \/restaurants\/saigon\/menu 200$/m);
  expect(text).toMatch(/"\/api\/restaurants\/saigon\/menu"/);
  return `${logs.length} containers, ${text.split("\n").length} lines`;
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

prove("down", "npm run example -- food-delivery down, and up again", async () => {
  const orders = await countOrders();
  await runExample(project(), "down", "--yes");
  expect(await dockerLines("ps", "--all", "--quiet", stackFilter())).toEqual([]);
  await project().deploy();
  await readCertificate();
  expect(await countOrders()).toBe(orders);
  expect((await ask("/api/restaurants")).status).toBe(200);
  return `${orders} orders before and after`;
});
