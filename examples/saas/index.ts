import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Datastore, DatastoreEngine, LoadBalancedService, Monitoring, type TlsArgs } from "flotilla";

const config = new pulumi.Config();
const replicas = config.requireNumber("backendReplicas");
const monitoringPort = config.requireNumber("monitoringPort");
const alertsUrl = config.getSecret("alertsUrl");
const privateNetworks = ["127.0.0.1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const cors = { origins: config.requireObject<string[]>("origins"), credentials: true };

const database = new Datastore("database", {
  engine: DatastoreEngine.Postgres,
  postgres: { database: "saas", servers: config.requireNumber("databaseServers") },
  metrics: true,
  limits: { memoryMiB: 512 },
  // Before each deployment: dumped, stored, read back, and tried out on a server of its own.
  ...(config.requireBoolean("backups") ? { backup: { beforeDeployment: true } } : {}),
});

const { owner, read } = database.connections;

const sessions = new Datastore("sessions", {
  engine: DatastoreEngine.Redis,
  metrics: true,
  limits: { memoryMiB: 128 },
});

const service = new LoadBalancedService("saas", {
  pools: {
    backend: {
      // Another text builds the same folder anew, without what Docker kept of earlier builds.
      build: { context: "./backend", noCache: config.get("freshBuild") ?? "" },
      port: 4000,
      replicas,
      stores: {
        DATABASE_URL: database.connection,
        ...(owner === undefined ? {} : { DATABASE_OWNER_URL: owner }),
        ...(read === undefined ? {} : { DATABASE_READ_URL: read }),
        REDIS_URL: sessions.connection,
      },
      env: { DATABASE_CONNECTIONS: config.require("databaseConnections") },
      healthCheck: { path: "/health", intervalSeconds: 30, timeoutSeconds: 5 },
      balancing: { keepalive: { connections: 32 } },
      metrics: { path: "/metrics" },
      limits: { cpus: config.requireNumber("cpus"), memoryMiB: config.requireNumber("memoryMiB") },
    },
  },
  routes: [
    { path: "/", static: { folder: "web", seconds: 3600 } },
    { path: "/api/", pool: "backend", cors },
    // The same for everybody, so it is kept although browsers send their session along.
    { path: "/api/plans", pool: "backend", cors, cache: { seconds: 60, authenticated: true } },
    { path: "/api/login", pool: "backend", cors, rate: { perSecond: 2, burst: 10 } },
    { path: "/admin/monitoring/", pool: "backend", access: { allow: privateNetworks } },
  ],
  balancer: {
    port: config.requireNumber("port"),
    tls: describeTls(),
    rate: { perSecond: config.requireNumber("requestsPerSecond") },
    connectionsPerAddress: 100,
    // Monitors ask the balancer for all of it, and not one backend.
    status: { health: ["/healthz", "/health"], purgeAllow: privateNetworks },
    headers: { contentSecurityPolicy: "default-src 'self'" },
    limits: { cpus: 1, memoryMiB: 256 },
  },
});

const monitoring = new Monitoring("monitoring", {
  sources: [service.source, database.source, sessions.source],
  port: monitoringPort,
  containers: true,
  grafana: { enabled: config.getBoolean("grafana") ?? false },
  ...(alertsUrl === undefined ? {} : { notify: { webhooks: [alertsUrl] } }),
});

function describeTls(): TlsArgs {
  const certificateFile = config.get("certificateFile");
  return {
    port: config.requireNumber("tlsPort"),
    redirect: !config.requireBoolean("plainHttp"),
    ...(certificateFile === undefined
      ? {}
      : {
          certificates: [
            {
              certificate: readFileSync(certificateFile, "utf8"),
              key: readFileSync(config.require("keyFile"), "utf8"),
            },
          ],
        }),
  };
}

export const { url, containers } = service;
export { replicas, monitoring };
