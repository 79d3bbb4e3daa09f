import type { Lines } from "../support/lines";

/** What is asked of the scaling lab. */
export const lines = {
  counts: "an app on port 5000 counts visits in Redis, as N replicas",
  devSource: "the source is mounted in development only",
  rehearsal: "autoscale rehearsal 1 → 3 → 5 → 2 → 1 under load, with the status of the scale",
  distribution: "counters requests:* in Redis for each instance show the distribution",
  laterChanges: "later changes without downtime",
  servedBy:
    "answers say served_by and X-Served-By (the balancer's own name), X-Upstream-Server, X-Request-ID",
  balancerName: "the balancer's name in X-Served-By is configurable",
  loadTest: "/load-test and /nginx-status",
  limits: "limits 0.5 CPU / 256 MiB, reservations 0.25 / 128 MiB, health checks with a start period",
  portTaken: "pitfall: a port that is in use is named, and nothing is harmed",
} satisfies Lines;
