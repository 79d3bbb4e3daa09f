import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { Datastore, DatastoreEngine, LoadBalancedService, Method, Monitoring, Secret } from "flotilla";

const config = new pulumi.Config();
const settings = parseEnv(readFileSync(config.require("settings"), "utf8"));
const { CORS_ORIGIN: origin = "", NODE_ENV = "development", LOG_LEVEL = "info" } = settings;
const requestsPerSecond = config.requireNumber("requestsPerSecond");
const httpsPort = config.getNumber("httpsPort");
const monitoringPort = config.getNumber("monitoringPort");
const apiCpus = config.getNumber("apiCpus") ?? 1;

/** Signs the customers' tokens; generated unless there is one of your own. Another number makes a new one, and tokens of the one before stay valid. */
const jwt = new Secret("jwt", {
  version: config.getNumber("jwtSecretVersion"),
  value: config.getSecret("jwtSecret"),
});

const mongo = new Datastore("mongo", {
  engine: DatastoreEngine.Mongodb,
  mongodb: {
    database: "food",
    indexes: { orders: [{ keys: ["customer", "-placedAt"] }] },
    seeds: ["seed/restaurants.js"],
  },
  metrics: monitoringPort !== undefined,
  backup: { schedule: config.get("backupSchedule") ?? "0 3 * * *" },
  limits: { memoryMiB: 1024 },
});

const app = new LoadBalancedService("food", {
  pools: {
    /** Python: restaurants, menus, couriers. Only the API reaches it, at http://delivery:5000. */
    delivery: {
      build: { context: "./delivery" },
      port: 5000,
      replicas: config.requireNumber("deliveryReplicas"),
      reachableFrom: ["api"],
      stores: { MONGODB_URL: mongo.connection },
      limits: { cpus: 0.5, memoryMiB: 256 },
    },
    /** Node: what the browser asks. */
    api: {
      build: { context: "./api" },
      port: 3000,
      replicas: config.requireNumber("apiReplicas"),
      balancing: { method: Method.LeastConnections, activeHealth: { intervalSeconds: 10, strikes: 3 } },
      env: {
        NODE_ENV,
        LOG_LEVEL,
        DELIVERY_URL: "http://delivery:5000",
        JWT_SECRET_FILE: "/run/secrets/jwt",
        JWT_PREVIOUS_SECRET_FILE: "/run/secrets/jwt-previous",
      },
      secretFiles: { "/run/secrets/jwt": jwt.value, "/run/secrets/jwt-previous": jwt.previous },
      stores: { MONGODB_URL: mongo.connection },
      healthCheck: { path: "/api/health", intervalSeconds: 10, retries: 3 },
      metrics: { path: "/metrics" },
      limits: { cpus: apiCpus, memoryMiB: 256 },
    },
    /** The pages, built by the first stage of their Dockerfile. */
    frontend: {
      build: { context: "./frontend" },
      port: 5173,
      replicas: config.requireNumber("frontendReplicas"),
      startAfter: ["api"],
      limits: { cpus: 0.5, memoryMiB: 128 },
    },
  },
  routes: [
    { path: "/", pool: "frontend" },
    { path: "/api/", pool: "api", rate: { perSecond: requestsPerSecond, burst: requestsPerSecond } },
  ],
  balancer: {
    port: config.requireNumber("port"),
    tls: httpsPort === undefined ? undefined : { port: httpsPort },
    cors: { origins: [origin] },
  },
});

const monitoring =
  monitoringPort === undefined
    ? undefined
    : new Monitoring("monitoring", {
        port: monitoringPort,
        sources: [app.source, mongo.source],
        containers: true,
      });

export const url = app.url;
export const replicas = app.replicas;
export const monitoringUrl = monitoring?.url;
export const monitoringPassword = monitoring?.password;
