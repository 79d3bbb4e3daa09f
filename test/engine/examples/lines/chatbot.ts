import type { Lines } from "../support/lines";

/** What is asked of the chatbot. */
export const lines = {
  tuning: "least_conn; 64 connections kept, 100 requests each, 60 s; max_fails=3 fail_timeout=30s",
  retries: "retries on error, timeout, 502, 503, 504: at most 3 tries in 30 s",
  generalLimit: "10 requests per second and burst 20 in general",
  apiLimit: "30 requests per second and burst 50 for the API",
  resources: "1 CPU / 1 GiB, reserved 0.5 / 512 MiB",
  production: "production mode",
  development: "development mode",
  monitor: "a monitor: health, resources, traffic, error rate, distribution",
  advice: "scale up when CPU > 70 %, memory > 80 %, response > 2 s or errors rise; down when CPU < 30 %",
  deploy: "deploy with --replicas, and help",
  streams: "long answers go on through an update, without a cut",
  dead: "a dead replica is back within 30 s",
  concurrency: "claim: 100 → 300 concurrent requests",
} satisfies Lines;
