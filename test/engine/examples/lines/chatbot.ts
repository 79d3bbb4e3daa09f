import type { Lines } from "../support/lines";

/** What is asked of the chatbot. */
export const lines = {
  tuning:
    "least_conn, kept connections, three failures, tries, silence and connections per address as configured",
  retries: "an answer comes from another replica where one fails",
  generalLimit: "10 requests per second and burst 20 in general",
  apiLimit: "30 requests per second and burst 50 for the API",
  resources: "1 CPU / 1 GiB, reserved 0.5 / 512 MiB, health every 30 s, log rotation",
  production: "production mode",
  development: "development mode",
  monitor: "a monitor: health of each replica, and figures of the application's own",
  advice: "scale up when CPU > 70 %, memory > 80 %, response > 2 s or errors rise; down when CPU < 30 %",
  deploy: "deploy with --replicas, and help",
  streams: "long answers go on through an update, without a cut",
  dead: "a dead replica is back within 30 s",
  concurrency: "claim: 100 → 300 concurrent requests",
} satisfies Lines;
