const express = require("express");
const { MongoClient } = require("mongodb");
const metrics = require("prom-client");
const { setTimeout: wait } = require("node:timers/promises");
const { askDelivery } = require("./delivery");
const { ordersRouter } = require("./orders");
const { checkToken, signToken } = require("./tokens");

const instance = process.env.INSTANCE_ID ?? "api";
const logs = process.env.LOG_LEVEL !== "silent";
const longestWaitMs = 10_000;

metrics.collectDefaultMetrics();
const requests = new metrics.Counter({
  name: "http_requests_total",
  help: "Requests by the start of their path and status.",
  labelNames: ["path", "status"],
});
const app = express();
app.disable("x-powered-by");
app.use((request, response, next) => {
  response.set("X-Instance-ID", instance);
  const { method, path, originalUrl } = request;
  response.on("finish", () => {
    requests.inc({ path: path.split("/").slice(0, 3).join("/"), status: response.statusCode });
    if (logs && !["/api/health", "/metrics"].includes(path))
      console.log(`[${instance}] ${method} ${originalUrl} ${response.statusCode}`);
  });
  next();
});
app.use(express.json({ limit: "64kb" }));

const served_by = { instance };
app.get("/api/health", (_, response) => response.json({ status: "ok", served_by }));
app.get("/metrics", async (_, response) =>
  response.type("text/plain").send(await metrics.register.metrics()),
);

// A real application would ask for a password here.
app.post("/api/login", (request, response) => {
  const { customer } = request.body ?? {};
  if (typeof customer !== "string" || customer === "")
    return response.status(422).json({ success: false, error: "customer must be a name" });
  response.json({ success: true, token: signToken(customer) });
});

app.get("/api/restaurants", async (_, response) => {
  const { body } = await askDelivery("/restaurants");
  response.json({ success: true, restaurants: body.restaurants, served_by, from: body.served_by });
});

app.get("/api/restaurants/:id/menu", async (request, response) => {
  const { status, body } = await askDelivery(`/restaurants/${encodeURIComponent(request.params.id)}/menu`);
  response.status(status).json({ success: status === 200, ...body, served_by, from: body.served_by });
});

/** Tells of couriers; a client that waits for news asks again when it has its answer. */
app.all("/api/news", async (request, response) => {
  await wait(Math.min(Number(request.query.wait) || 0, longestWaitMs));
  response.json({ success: true, news: [], served_by });
});

async function main() {
  const client = await new MongoClient(process.env.MONGODB_URL).connect();
  app.use("/api/orders", checkToken, ordersRouter(client.db().collection("orders")));
  app.use("/api", (_, response) => response.status(404).json({ success: false, error: "not found" }));
  app.use((error, _, response, next) => {
    if (response.headersSent) return next(error);
    const status = error.status ?? 500;
    if (status >= 500) console.error(`[${instance}]`, error);
    response.status(status).json({ success: false, error: status >= 500 ? "internal error" : error.message });
  });
  const server = app.listen(3000, "0.0.0.0", () => console.log(`[${instance}] listens`));
  server.keepAliveTimeout = 75_000;
  process.on("SIGTERM", () => {
    server.close(() => client.close().then(() => process.exit(0)));
    server.closeIdleConnections();
  });
}

void main();
