import type { ActiveHealth, Balancer, Upstream } from "../../../../nginx/model";
import type { Route } from "../../../../nginx/route-model";

/** Health questions that are asked often. */
export const health: ActiveHealth = { path: "/health", intervalSeconds: 2, timeoutSeconds: 1, strikes: 3 };

/** An upstream of the demo application. */
export const upstream: Upstream = {
  name: "api",
  method: "least_conn",
  keepalive: { connections: 32, requests: 1000, seconds: 60 },
  maxFails: 3,
  failSeconds: 10,
  probePath: "/health",
  connectSeconds: 1,
  readSeconds: 20,
  sendSeconds: 20,
  retries: {
    on: ["error", "timeout", "http_502", "http_503", "http_504"],
    tries: 3,
    seconds: 30,
    repeatWrites: false,
  },
  holdSeconds: 0,
};

/** A route to it. */
export const route: Route = {
  path: "/",
  match: "prefix",
  target: { kind: "upstream", upstream: "api", protocol: "http" },
  streamsUploads: false,
  headers: {},
  directives: [],
};

/** A balancer with nothing but one upstream. */
export const balancer: Balancer = {
  name: "shop",
  version: [1, 30, 4],
  port: 80,
  shutdownSeconds: 30,
  upstreams: [upstream],
  routes: [route],
  headers: { security: {}, servedBy: "replica", instance: true, upstreamServer: false, requestId: false },
  compression: { gzip: false, brotli: false },
  accessLog: { format: "off", sample: 1 },
  bodyLimitMiB: 1,
  retryAfterSeconds: 5,
  statusAllow: ["0.0.0.0/0"],
  metrics: false,
  unavailablePage: "",
  httpDirectives: [],
  serverDirectives: [],
};
