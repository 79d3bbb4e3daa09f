import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import { routeAccounts, requireAccount } from "./accounts.js";
import { closeDatabase, prepareDatabase, query, readOnly } from "./database.js";
import { startHistory, routeMonitoring, measureRequests } from "./monitoring.js";
import { closeSessions, openSessions } from "./sessions.js";
import { describeReplica, instance } from "./replica.js";

const app = express();
// Only the balancer reaches this port, and it says whether the client spoke TLS.
app.set("trust proxy", true);
app.disable("x-powered-by");
app.use(measureRequests);
app.use((request, response, next) => {
  response.set("X-Instance-ID", instance);
  response.on("finish", () => {
    if (request.path === "/health" || request.path === "/metrics") return;
    console.log(`[${instance}] ${request.method} ${request.originalUrl} ${response.statusCode}`);
  });
  next();
});
app.use(express.json({ limit: "100kb" }));

app.get("/health", (_, response) => response.json({ status: "ok", ...describeReplica() }));

app.get("/api/plans", async (_, response) => {
  const { rows } = await readOnly("SELECT name, price, included FROM plans ORDER BY price");
  response.json({ plans: rows, answered_at: new Date().toISOString(), ...describeReplica() });
});

routeAccounts(app);

app.get("/api/usage", requireAccount, async ({ account }, response) => {
  const { rows } = await query(
    "SELECT count(*)::int AS events, coalesce(sum(amount), 0)::int AS amount FROM usage WHERE account_id = $1",
    [account.id],
  );
  response.json({ account: account.email, ...rows[0], ...describeReplica() });
});

app.post("/api/usage", requireAccount, async ({ account, body }, response) => {
  const { metric, amount } = body ?? {};
  if (
    typeof metric !== "string" ||
    !/^[a-z_]{1,40}$/.test(metric) ||
    !Number.isSafeInteger(amount) ||
    amount < 1
  )
    return response.status(422).json({ error: "metric must be a name, and amount a whole number from 1" });
  const { rows } = await query(
    "INSERT INTO usage (account_id, metric, amount) VALUES ($1, $2, $3) RETURNING id::int",
    [account.id, metric, amount],
  );
  return response.status(201).json({ id: rows[0].id, ...describeReplica() });
});

// A report takes its time, as reports do.
app.all("/api/usage/report", requireAccount, async ({ account, query: asked }, response) => {
  await wait(Math.min(Number(asked.ms) || 0, 10_000));
  const { rows } = await readOnly(
    "SELECT metric, sum(amount)::int AS amount FROM usage WHERE account_id = $1 GROUP BY metric ORDER BY metric",
    [account.id],
  );
  response.json({ report: rows, ...describeReplica() });
});

routeMonitoring(app);

app.use((_, response) => response.status(404).json({ error: "there is nothing at this address" }));
app.use((error, _request, response, _next) => {
  const status = error.status ?? 500;
  if (status >= 500) console.error(`[${instance}] ${error.stack}`);
  response.status(status).json({ error: status < 500 ? error.message : "something went wrong" });
});

await prepareDatabase();
await openSessions();
const stopHistory = startHistory();
const server = app.listen(4000, "0.0.0.0", () => console.log(`[${instance}] ready`));
// Longer than the balancer's 60 s, so that none ends just when a request comes in.
server.keepAliveTimeout = 75_000;

process.once("SIGTERM", () => {
  stopHistory();
  server.close(() => void Promise.all([closeDatabase(), closeSessions()]).then(() => process.exit(0)));
  server.closeIdleConnections();
});
