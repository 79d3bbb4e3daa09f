import { createServer } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, register } from "prom-client";

collectDefaultMetrics();

/** Requests by method and status. */
export const requests = new Counter({
  name: "shop_requests_total",
  help: "Requests.",
  labelNames: ["method", "status"],
});
/** Browsers that listen to events. */
export const listeners = new Gauge({ name: "shop_listeners", help: "Open event streams." });

/** Answers Prometheus, on a port that the balancer does not know. */
export const figures = createServer(async (request, response) => {
  response.setHeader("Content-Type", register.contentType).end(await register.metrics());
});
