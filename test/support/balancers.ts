import * as pulumi from "@pulumi/pulumi";
import { resolveBalancer } from "../../components/service/balancer/resolve";
import { planBalancers } from "../../components/service/plan";
import {
  type LoadBalancedServiceArgs,
  LogFormat,
  Match,
  Method,
  type PoolArgs,
  Protocol,
  RetryCondition,
  SameSite,
  ServedBy,
  TlsVersion,
} from "../../components/types";
import type { Balancer, Member } from "../../nginx/model";
import { parseService } from "./service";

const api: PoolArgs = { image: "api:1", port: 3000 };
const certificate = { certificate: pulumi.output("a certificate"), key: pulumi.output("a key") };

/** What Nginx is told of a service's balancer: of the one in front, or of an internal pool's. */
export function toBalancer(args: LoadBalancedServiceArgs, title = "balancer"): Balancer {
  const plan = planBalancers(parseService(args)).find((one) => one.title === title);
  if (plan === undefined) throw new Error(`There is no balancer "${title}".`);
  return resolveBalancer("shop", plan, []);
}

/** A replica with nothing but defaults. */
export function toMember(name: string, port = 3000): Member {
  return { name, port, title: name, weight: 1, maxConnections: 0, backup: false };
}

/** A balancer with nothing but defaults. */
export const minimalBalancer = toBalancer({ pools: { api } });

/** One balancer for each golden file, by the file's name. */
export const balancers: Record<string, Balancer> = {
  "single-pool": minimalBalancer,
  "several-in-a-front": toBalancer({
    pools: { api: { ...api, balancing: { method: Method.IpHash } } },
    routes: [{ pool: "api", cache: { seconds: 1 } }],
    balancer: { replicas: 2, status: { purgeAllow: ["127.0.0.1"] } },
  }),
  "hosts-and-paths": toBalancer({
    pools: {
      api,
      reports: {
        ...api,
        balancing: { timeouts: { connectSeconds: 2, readSeconds: 120, sendSeconds: 60 } },
        drainSeconds: 60,
      },
    },
    routes: [
      { pool: "api" },
      { path: "/reports/", pool: "reports" },
      { host: "reports.example.com", pool: "reports" },
      { path: "/v1", host: "api.example.com", pool: "api" },
      { path: "/v1/status", match: Match.Exact, host: "api.example.com", pool: "reports" },
      { path: String.raw`^/v\d+/reports/(\d+)$`, match: Match.Regex, pool: "reports" },
    ],
  }),
  "internal-pool": toBalancer(
    {
      pools: {
        api,
        worker: {
          image: "worker:1",
          port: 5000,
          reachableFrom: ["api"],
          healthCheck: { path: "/ready?deep=1" },
        },
      },
    },
    "worker-balancer",
  ),
  "own-directives": toBalancer({
    pools: { api },
    routes: [{ pool: "api", directives: ["proxy_buffers 16 8k", "proxy_max_temp_file_size 0;"] }],
    balancer: {
      httpDirectives: [
        "client_body_timeout 30s",
        "keepalive_disable msie6;",
        "map $request_method $writes { default 0; POST 1; }",
      ],
      serverDirectives: [
        "add_header X-Served-Through flotilla always;",
        "location = /robots.txt { return 204; }",
      ],
    },
  }),
  methods: toBalancer({
    pools: {
      api: { ...api, balancing: { method: Method.RoundRobin, weights: [3, 1], maxConnections: 200 } },
      users: { ...api, balancing: { method: Method.Hash, hashKey: "$cookie_user" } },
      carts: { ...api, balancing: { method: Method.IpHash } },
      search: { ...api, balancing: { method: Method.Random } },
      forms: { ...api, balancing: { sticky: { cookie: "form", seconds: 3600, sameSite: SameSite.Strict } } },
    },
    routes: ["api", "users", "carts", "search", "forms"].map((pool) => ({ path: `/${pool}`, pool })),
  }),
  upstream: toBalancer({
    pools: {
      api: {
        ...api,
        balancing: {
          keepalive: { connections: 64, requests: 100, idleSeconds: 60 },
          failures: { count: 3, seconds: 30 },
          retries: { on: [RetryCondition.Error, RetryCondition.Status500], tries: 2, repeatWrites: true },
          activeHealth: { intervalSeconds: 30, strikes: 5 },
          holdSeconds: 15,
          timeouts: { connectSeconds: 2, readSeconds: 10, retrySeconds: 12 },
        },
      },
      once: { ...api, balancing: { retries: { tries: 1 }, activeHealth: { enabled: false } } },
    },
    routes: [{ pool: "api" }, { path: "/once", pool: "once" }],
  }),
  assets: toBalancer({
    pools: { web: { ...api, assets: { path: "/assets/", folder: "/srv/dist/assets" } }, api },
    routes: [
      { pool: "web", rate: { perSecond: 10 } },
      { path: "/old/", pool: "web", rewrite: { pattern: "^/old/(.*)$", to: "/$1" } },
      { path: "/api/", pool: "api" },
    ],
  }),
  "tickets-in-a-front": toBalancer({ pools: { api }, balancer: { replicas: 2, tls: {} } }),
  streams: toBalancer({
    pools: { api, rpc: { ...api, port: 50051 } },
    routes: [
      { pool: "api" },
      { path: "/events", pool: "api", stream: {} },
      { path: "/upload", pool: "api", streamsUploads: true, bodyLimitMiB: 0 },
      { path: "/shop.Orders/", pool: "rpc", protocol: Protocol.Grpc },
    ],
  }),
  caches: toBalancer({
    pools: { api },
    routes: [
      { pool: "api" },
      { path: "/static/", pool: "api", cache: { browserSeconds: 3600, authenticated: true } },
      { path: "/build/", pool: "api", cache: { browserSeconds: 31_536_000, immutable: true, maxMiB: 64 } },
      {
        path: "/api/products",
        pool: "api",
        cache: {
          seconds: 10,
          staleSeconds: 30,
          key: "$host$uri$arg_page",
          bypass: ["$http_x_no_cache"],
          lock: false,
        },
      },
    ],
    balancer: { compression: { gzip: false }, status: { purgeAllow: ["10.1.2.3"] } },
  }),
  tls: toBalancer({
    pools: { api },
    routes: [{ pool: "api" }, { host: "shop.example.com", pool: "api" }],
    balancer: {
      port: 80,
      tls: {
        port: 443,
        certificates: [certificate, { ...certificate, hosts: ["*.example.com"] }],
        hsts: { includeSubdomains: true },
        clients: { authority: certificate.certificate, required: false },
      },
    },
  }),
  "keyed-writes": toBalancer({
    pools: { api: { ...api, balancing: { retries: { repeatKeyed: true } } } },
  }),
  acme: toBalancer({
    pools: { api },
    routes: [{ host: "www.example.com", pool: "api" }],
    balancer: { port: 80, tls: { port: 443, acme: {} } },
  }),
  "tls-and-plain": toBalancer({
    pools: { api },
    balancer: { tls: { redirect: false, http2: false, minimumVersion: TlsVersion.Tls13 } },
  }),
  limits: toBalancer({
    pools: { api },
    routes: [
      { pool: "api" },
      { path: "/api/", pool: "api", rate: { perSecond: 30, burst: 50 } },
      {
        path: "/login",
        pool: "api",
        rate: { perSecond: 0.5, burst: 0 },
        connectionsPerAddress: 2,
        access: { allow: ["10.0.0.0/8"] },
      },
    ],
    balancer: {
      rate: { perSecond: 10 },
      connectionsPerAddress: 20,
      access: { deny: ["192.0.2.0/24", "2001:db8::/32"] },
      trustedProxies: { addresses: ["198.51.100.0/24"] },
    },
  }),
  headers: toBalancer({
    pools: { api },
    routes: [
      { pool: "api", headers: { "X-Robots-Tag": "noindex" } },
      { path: "/open/", pool: "api", cors: { origins: ["*"], exposed: [] } },
    ],
    balancer: {
      name: "edge-1",
      headers: {
        contentSecurityPolicy: "default-src 'self'; img-src *",
        frameOptions: "DENY",
        permissionsPolicy: "camera=()",
        servedBy: ServedBy.Balancer,
        upstreamServer: true,
      },
      cors: { origins: ["https://www.example.com", "https://*.example.org"], credentials: true },
      serverDirectives: ["add_header X-Served-Through flotilla always;"],
    },
  }),
  "few-headers": toBalancer({
    pools: { api },
    balancer: {
      headers: {
        frameOptions: "",
        referrerPolicy: "",
        noSniff: false,
        servedBy: ServedBy.Nobody,
        instance: false,
        requestId: false,
      },
      accessLog: { format: LogFormat.Off },
      status: { metrics: false },
    },
  }),
  "sampled-log": toBalancer({
    pools: { api },
    balancer: {
      accessLog: { format: LogFormat.Combined, sample: 0.1 },
      trustedProxies: { addresses: ["198.51.100.7"], header: "proxy_protocol" },
      status: { prometheus: "monitoring-prometheus:9090" },
    },
  }),
  places: toBalancer({
    pools: { api },
    routes: [
      { path: "/assets/", static: { folder: "apps/demo", immutable: true } },
      { path: "/", static: { folder: "examples/saas/web", seconds: 0, fallback: "index.html" } },
      { path: "/api/", pool: "api", rewrite: { pattern: "^/api/(.*)$", to: "/$1" } },
      { path: "/old", redirect: { to: "/api/new", status: 301 } },
      { path: "/docs", redirect: { to: "https://docs.example.com$request_uri" } },
      { path: "^/blog/(.*)$", match: Match.Regex, redirect: { to: "https://blog.example.com/$1" } },
    ],
  }),
  maintenance: toBalancer({
    pools: { api },
    routes: [
      { pool: "api" },
      { path: "/admin", pool: "api", maintenance: { retryAfterSeconds: 600, message: "Back at noon." } },
    ],
    balancer: { maintenance: { allow: ["10.0.0.0/8"] } },
  }),
};
