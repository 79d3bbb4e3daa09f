import * as pulumi from "@pulumi/pulumi";
import {
  Datastore,
  DatastoreEngine,
  LoadBalancedService,
  type Method,
  Monitoring,
  type PoolArgs,
  Strategy,
} from "flotilla";

const config = new pulumi.Config();
// What all replicas share: stock and events are in Redis, purchases in Kafka, receipts in a volume.
const cache = new Datastore("cache", {
  engine: DatastoreEngine.Redis,
  metrics: true,
  limits: { memoryMiB: 256 },
});
const purchases = new Datastore("purchases", {
  engine: DatastoreEngine.Kafka,
  metrics: true,
  limits: { memoryMiB: 1024 },
  kafka: {
    servers: config.requireNumber("kafkaServers"),
    topics: { purchases: { partitions: 6 } },
  },
});

const replica: PoolArgs = {
  build: { context: "./app" },
  port: 8000,
  // Not the shop's port, so that nobody outside sees the figures.
  metrics: { port: 9100 },
  stores: { REDIS_URL: cache.connection, KAFKA_URL: purchases.connection },
  healthCheck: { path: "/health", intervalSeconds: 5, timeoutSeconds: 3, retries: 3, startSeconds: 120 },
  limits: { cpus: config.getNumber("cpus"), memoryMiB: 256 },
  strategy: Strategy.Rolling,
};

const shop = new LoadBalancedService("shop", {
  pools: {
    // INSTANCE_ID is app-1, app-2 … Another replica is a number.
    app: {
      ...replica,
      replicas: config.requireNumber("appReplicas"),
      env: { STOCK: config.require("stock") },
      mounts: [{ path: "/data", shared: "data" }],
      balancing: {
        method: config.require<Method>("method"),
        weights: config.getObject<number[]>("weights"),
        // As in Nginx: max_fails=3 fail_timeout=30s.
        failures: { count: 3, seconds: 30 },
        // A purchase waits while Kafka has no leader, as when a broker is restarted.
        timeouts: { readSeconds: 60 },
      },
      // Event streams never end by themselves: browsers open them again at the new replica.
      drainSeconds: 10,
    },
    // Reads the purchases from Kafka, and counts each of them once.
    sales: {
      ...replica,
      command: ["node", "sales.js"],
      replicas: config.requireNumber("salesReplicas"),
    },
  },
  routes: [
    { path: "/", pool: "app" },
    { path: "/events", pool: "app", stream: {} },
    { path: "/static/", pool: "app", cache: { seconds: 3600, browserSeconds: 3600 } },
    { path: "/sold", pool: "sales" },
  ],
  balancer: { port: config.requireNumber("port") },
});

const monitoring = new Monitoring("monitoring", {
  port: config.requireNumber("monitoringPort"),
  intervalSeconds: 5,
  sources: [shop.source, cache.source, purchases.source],
  containers: true,
  grafana: { enabled: config.getBoolean("grafana") ?? false },
});

export const url = shop.url;
export const replicas = shop.replicas;
export const containers = shop.containers;
export const data = shop.volumes;
export const stores = { cache: cache.containers, purchases: purchases.containers };
export const prometheus = {
  url: monitoring.url,
  alertmanagerUrl: monitoring.alertmanagerUrl,
  grafanaUrl: monitoring.grafanaUrl,
  user: monitoring.user,
  password: monitoring.password,
  containers: monitoring.containers,
};
