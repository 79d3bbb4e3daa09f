import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import { figures, requests } from "./figures.js";
import { instance, log } from "./instance.js";

/** An application that logs, counts and names this replica in each answer. */
export function createApp() {
  const app = express();
  app.disable("x-powered-by");
  app.get("/health", (request, response) => response.json({ status: "ok", instance }));
  app.use((request, response, next) => {
    response.set("X-Instance-ID", instance);
    log(`${request.method} ${request.path}`);
    response.on("finish", () => requests.inc({ method: request.method, status: response.statusCode }));
    next();
  });
  return app;
}

/** Further part of every answer in JSON. */
export const servedBy = { served_by: { instance } };

/** Listens, and ends cleanly when the container is stopped: what is under way is answered first. */
export function serve(app, end) {
  app.use((error, request, response, next) => {
    log(`${request.method} ${request.path}: ${error.message}`);
    if (response.headersSent) next(error);
    else response.status(error.status ?? 503).json({ error: "That did not work. Try again.", ...servedBy });
  });
  const server = app.listen(8000);
  // Longer than the balancer keeps its connections: it must be the one to close them.
  server.keepAliveTimeout = 75_000;
  figures.listen(9100);
  process.once("SIGTERM", async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, wait(5000)]);
    await end();
    process.exit();
  });
}
