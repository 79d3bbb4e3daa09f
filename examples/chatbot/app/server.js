const { createServer } = require("node:http");
const { setTimeout: wait } = require("node:timers/promises");
const express = require("express");
const { answer, readWishes } = require("./answers");
const { begin, figures, render, watchConnections } = require("./figures");
const rehearse = require("./rehearsal");

const instance = process.env.INSTANCE_ID ?? "local";
const isProduction = process.env.NODE_ENV === "production";
const servedBy = { instance };
const app = express();
app.disable("x-powered-by");
app.use(express.json());

app.use(({ method, path, body }, response, next) => {
  response.set("X-Instance-ID", instance);
  // What people say stays out of the log in production.
  const said = isProduction || body?.message === undefined ? "" : ` ${JSON.stringify(body.message)}`;
  if (path !== "/health" && path !== "/metrics")
    response.on("finish", () => console.log(`[${instance}] ${method} ${path} ${response.statusCode}${said}`));
  next();
});

app.get("/", (_, response) => response.sendFile("page.html", { root: __dirname }));
app.get("/health", (_, response) => response.json({ status: "ok", instance }));
app.get("/metrics", (_, response) => response.type("text/plain").send(render()));
app.get("/api/status", (_, response) =>
  response.json({ mode: isProduction ? "production" : "development", ...figures, served_by: servedBy }),
);
if (!isProduction) app.use("/api/rehearsal", rehearse(instance));

app.all("/api/chat", async ({ query, body }, response) => {
  const end = begin();
  response.on("close", end);
  const words = [];
  for await (const word of answer(body?.message ?? query.message ?? "nothing", readWishes(query)))
    words.push(word);
  figures.words += words.length;
  response.json({ answer: words.join(" "), served_by: servedBy });
});

app.get("/api/chat/stream", async ({ query }, response) => {
  const end = begin();
  response.on("close", end);
  response.set({ "Content-Type": "text/event-stream", "Cache-Control": "no-store" }).flushHeaders();
  let number = 0;
  for await (const word of answer(query.message ?? "nothing", readWishes(query))) {
    if (response.destroyed) return;
    number += 1;
    figures.words += 1;
    response.write(`data: ${JSON.stringify({ number, word })}\n\n`);
  }
  response.end(`event: done\ndata: ${JSON.stringify({ words: number, served_by: servedBy })}\n\n`);
});

const server = createServer(app);
watchConnections(server);
// Longer than the balancer keeps an idle connection, so that only the balancer closes one.
server.keepAliveTimeout = 75_000;
server.listen(3000, "0.0.0.0", () =>
  console.log(`[${instance}] listens, ${isProduction ? "production" : "development"}`),
);

process.on("SIGTERM", async () => {
  server.close(() => process.exit(0));
  while (figures.underWay > 0) await wait(100);
  server.closeAllConnections();
});
