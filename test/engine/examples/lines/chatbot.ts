import type { Lines } from "../support/lines";

/** What is asked of the chatbot. */
export const lines = {
  tuning: "least_conn; 64 connections kept, 100 requests each, 60 s; max_fails=3 fail_timeout=30s",
  keptRequests: "a kept connection carries 100 requests",
  keptIdle: "64 connections are kept, and closed after 60 s",
  retries: "retries on error, timeout, 502, 503, 504: at most 3 tries in 30 s",
  failures: "three failures take a replica out for 30 s",
  health: "Docker asks /health every 30 s",
  generalLimit: "10 requests per second and burst 20 in general",
  apiLimit: "30 requests per second and burst 50 for the API",
  connectionLimit: "20 connections per address",
  resources: "1 CPU / 1 GiB, reserved 0.5 / 512 MiB",
  logs: "log rotation",
  production: "production mode",
  development: "development mode",
  monitor: "a monitor: health, resources, traffic, error rate, distribution",
  advice: "scale up when CPU > 70 %, memory > 80 %, response > 2 s or errors rise; down when CPU < 30 %",
  deploy: "deploy with --replicas, and help",
  rolling: "rolling update strategy",
  streams: "long answers go on through an update, without a cut",
  dead: "a dead replica is back within 30 s",
  stopped: "a stopped replica is back within 30 s",
  concurrency: "claim: 100 → 300 concurrent requests",
  failover: "claim: failover under 30 s",
  available: "claim: 99.9 % available",
  errors: "claim: errors under 1 %",
} satisfies Lines;
