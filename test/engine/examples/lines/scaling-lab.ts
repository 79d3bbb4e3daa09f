import type { Lines } from "../support/lines";

/** What is asked of the scaling lab. */
export const lines = {
  counts: "an app on port 5000 counts visits in Redis, as N replicas",
  firstStart: "the first start: nobody gets an error from what is not ready",
  redisFirst: "Redis is ready before the app",
  devSource: "the source is mounted in development only",
  rehearsal: "autoscale rehearsal 1 → 3 → 5 → 2 → 1 under load",
  distribution: "counters requests:* in Redis for each instance show the distribution",
  status: "the status of the scale",
  laterChanges: "later changes without downtime",
  servedBy: "answers say served_by: hostname, container_id, instance",
  headers: "headers X-Served-By (the balancer's own name), X-Upstream-Server, X-Request-ID",
  balancerName: "the balancer's name in X-Served-By is configurable",
  nginxStatus: "/nginx-status",
  loadTest: "/load-test",
  limits: "limits 0.5 CPU / 256 MiB, reservations 0.25 / 128 MiB",
  startPeriod: "health checks with a start period",
  ab: "ab -n 1000 -c 10",
  wrk: "wrk -t4 -c100 -d30s",
  networkView: "network view: who is on it, with which address",
  portTaken: "pitfall: a port that is in use is named, and nothing is harmed",
  oneInstance: "pitfall: not all requests to one instance",
  startingForEver: 'pitfall: no "health: starting" for ever',
} satisfies Lines;
