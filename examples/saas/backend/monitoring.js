import { statfs } from "node:fs/promises";
import { loadavg } from "node:os";
import { collectDefaultMetrics, Histogram, register } from "prom-client";
import { describePool, hasReadReplica, query, readOnly } from "./database.js";
import { describeReplica, instance } from "./replica.js";
import { pingSessions } from "./sessions.js";
import { version } from "./version.js";

const secondsBetween = Number(process.env.HISTORY_SECONDS ?? 15);
const daysKept = 7;

collectDefaultMetrics();
const durations = new Histogram({
  name: "http_request_duration_seconds",
  help: "Seconds that an answer took",
  labelNames: ["method", "status"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const recent = [];

/** Takes the time of each answer: for Prometheus, and the last 1000 of them for the figures below. */
export function measureRequests({ method, path }, response, next) {
  const startedAt = performance.now();
  response.on("finish", () => {
    if (path === "/health" || path === "/metrics") return;
    const seconds = (performance.now() - startedAt) / 1000;
    durations.observe({ method, status: response.statusCode }, seconds);
    recent.push(seconds);
    if (recent.length > 1000) recent.shift();
  });
  next();
}

export function routeMonitoring(app) {
  app.get("/metrics", async (_, response) =>
    response.type(register.contentType).send(await register.metrics()),
  );

  app.get("/admin/monitoring/health", async (_, response) => {
    const health = await check();
    response.status(health.status === "healthy" ? 200 : 503).json({ ...health, ...describeReplica() });
  });

  app.get("/admin/monitoring/health/history", async ({ query: asked }, response) => {
    const hours = Math.min(Math.max(Number(asked.hours) || 24, 1), daysKept * 24);
    const span = [`${hours} hours`];
    const [entries, totals] = await Promise.all([
      query(
        "SELECT at, instance, version, status, checks FROM health_history WHERE at > now() - $1::interval ORDER BY at DESC LIMIT 500",
        span,
      ),
      query(
        "SELECT count(*)::int AS checks, count(*) FILTER (WHERE status = 'healthy')::int AS healthy FROM health_history WHERE at > now() - $1::interval",
        span,
      ),
    ]);
    response.json({ hours, ...totals.rows[0], history: entries.rows, ...describeReplica() });
  });

  app.get("/admin/monitoring/system/metrics", async (_, response) => {
    response.json({
      cpu: { load: loadavg(), percent: await readProcessors() },
      memory: { usedBytes: process.memoryUsage.rss(), limitBytes: process.constrainedMemory() },
      disk: await readDisk(),
      responses: describeResponses(),
      database: { pool: describePool(), ...(await countConnections()) },
      uptimeSeconds: Math.round(process.uptime()),
      ...describeReplica(),
    });
  });
}

/** Writes down how this replica is, again and again; gives what ends it. */
export function startHistory() {
  const write = async () => {
    const { status, checks } = await check();
    await query("INSERT INTO health_history (instance, version, status, checks) VALUES ($1, $2, $3, $4)", [
      instance,
      version,
      status,
      JSON.stringify(checks),
    ]);
    await query("DELETE FROM health_history WHERE at < now() - $1::interval", [`${daysKept} days`]);
  };
  const writeOrTell = () =>
    write().catch(({ message }) => console.error(`[${instance}] history: ${message}`));
  void writeOrTell();
  const timer = setInterval(writeOrTell, secondsBetween * 1000);
  return () => clearInterval(timer);
}

async function check() {
  const checks = {
    database: await time(() => query("SELECT 1")),
    ...(hasReadReplica ? { readReplica: await time(seeWhetherItFollows) } : {}),
    sessions: await time(pingSessions),
  };
  const isHealthy = Object.values(checks).every(({ ok }) => ok);
  return { status: isHealthy ? "healthy" : "unhealthy", checks };
}

async function seeWhetherItFollows() {
  const { rows } = await readOnly("SELECT pg_is_in_recovery() AS follows");
  if (!rows[0].follows) throw new Error("this is no replica");
}

async function time(ask) {
  const startedAt = performance.now();
  let timer;
  const late = new Promise(
    (_, reject) => (timer = setTimeout(() => reject(new Error("no answer in 3 s")), 3000)),
  );
  try {
    await Promise.race([ask(), late]);
    return { ok: true, milliseconds: Math.round(performance.now() - startedAt) };
  } catch ({ message }) {
    return { ok: false, fault: message };
  } finally {
    clearTimeout(timer);
  }
}

/** Share of one processor that this process uses, over a moment. */
async function readProcessors() {
  const [before, startedAt] = [process.cpuUsage(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / (performance.now() - startedAt)) / 10;
}

async function readDisk() {
  const { bsize, blocks, bavail } = await statfs("/");
  return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}

function describeResponses() {
  const sorted = recent.toSorted((left, right) => left - right);
  const at = (share) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000);
  return { counted: sorted.length, p50Milliseconds: at(0.5), p95Milliseconds: at(0.95) };
}

async function countConnections() {
  const { rows } = await query(
    "SELECT sum(numbackends)::int AS connections, current_setting('max_connections')::int AS most FROM pg_stat_database",
  );
  return rows[0];
}
