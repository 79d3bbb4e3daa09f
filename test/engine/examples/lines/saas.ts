import type { Lines } from "../support/lines";

/** What is asked of the system with a safety net around each deployment. */
export const lines = {
  oneInDev: "One backend in dev",
  threeInProd: "Three backends in prod",
  backupFirst: "A deployment backs up the data and validates them first",
  backupFails: "A deployment whose backup fails changes nothing",
  update: "A deployment builds, starts the new, and waits until it is healthy",
  badVersion: "A version that fails is rolled back: the old one serves",
  oldImages: "Old images are removed",
  fullBuild: "build --no-cache on request",
  settings: "least_conn, kept connections, gzip, health every 30 s, 2 CPU and 2 GiB",
  headers: "Security headers, gzip, an hour in browsers, CORS for allowed origins, /health of the balancer",
  tls: "TLS with the user's certificate",
  rateLimits: "Rate limits",
  sessions: "Sessions in Redis, which outlive an update",
  answerCache: "API answers are kept by Nginx, and purged",
  prometheus: "Prometheus measures every backend, the database and Redis",
  grafana: "Grafana, where its image can be had",
  alertmanager: "Alertmanager tells a webhook of an alert",
  alerts: "Alerts on CPU, memory, disk, response time and database connections",
  monitoringHealth: "/admin/monitoring/health",
  healthHistory: "/admin/monitoring/health/history",
  systemMetrics: "/admin/monitoring/system/metrics",
  database: "A database by DATABASE_URL, with data that every backend sees",
  readReplica: "A read replica of the database",
  oneToThree: "From one instance to the balanced set without downtime",
} satisfies Lines;
