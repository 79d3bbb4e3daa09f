import type { Balancer, Upstream } from "../../nginx/model";

const api: Upstream = {
  name: "api",
  method: "least_conn",
  probePath: "/health",
  connectSeconds: 1,
  readSeconds: 20,
  sendSeconds: 20,
  retrySeconds: 30,
  tries: 3,
};

/** A balancer with nothing but defaults. */
export const minimalBalancer: Balancer = {
  port: 80,
  shutdownSeconds: 30,
  upstreams: [api],
  routes: [{ path: "/", upstream: "api" }],
  httpDirectives: [],
  serverDirectives: [],
};

const slow: Upstream = {
  ...api,
  name: "reports",
  connectSeconds: 2,
  readSeconds: 120,
  sendSeconds: 60,
  retrySeconds: 180,
};

/** One balancer for each golden file, by the file's name. */
export const balancers: Record<string, Balancer> = {
  "single-pool": minimalBalancer,
  "hosts-and-paths": {
    ...minimalBalancer,
    shutdownSeconds: 60,
    upstreams: [api, slow],
    routes: [
      { path: "/", upstream: "api" },
      { path: "/reports/", upstream: "reports" },
      { path: "/", host: "reports.example.com", upstream: "reports" },
      { path: "/v1", host: "api.example.com", upstream: "api" },
    ],
  },
  "internal-pool": {
    ...minimalBalancer,
    port: 5000,
    upstreams: [{ ...api, name: "worker", probePath: "/ready?deep=1" }],
    routes: [{ path: "/", upstream: "worker" }],
  },
  "own-directives": {
    ...minimalBalancer,
    httpDirectives: [
      "client_max_body_size 50m",
      "gzip on;",
      "map $request_method $writes { default 0; POST 1; }",
    ],
    serverDirectives: [
      "add_header X-Served-Through flotilla always",
      "location = /robots.txt { return 204; }",
    ],
  },
  "no-retries": { ...minimalBalancer, upstreams: [{ ...api, tries: 1 }] },
  "round-robin": { ...minimalBalancer, upstreams: [{ ...api, method: "round-robin" }] },
};
