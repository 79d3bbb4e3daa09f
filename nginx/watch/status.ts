import { bounds, keyOf } from "./counters";
import type { Counters, WatchedReplica } from "./metrics";

/** A replica in the status. */
export interface ReplicaStatus {
  pool: string;
  replica: string;
  container: string;
  address: string;
  state: "healthy" | "out" | "unknown" | "not asked";
  /** When it came into this state. */
  since: string | null;
  lastAnswer: string | null;
  strikes: number;
  /** Tries that were answered or failed; streams are not among them. */
  requests: number;
  errors: number;
  /** Connections that became streams, such as WebSockets, and have ended. */
  streams: number;
  averageMs: number | null;
  /** Upper bound of the class that holds the 95th of 100 tries; null when there were none, or it is above all bounds. */
  p95Ms: number | null;
}

/** The state of every replica. */
export function summarizeReplicas(counters: Counters, replicas: WatchedReplica[]): ReplicaStatus[] {
  return replicas.map((replica) => {
    const { upstream, title, name, address, health } = replica;
    const get = (metric: string, ...labels: string[]): number =>
      counters.get(keyOf(metric, upstream, title, ...labels)) ?? 0;
    const classes = [...bounds, Infinity].map((bound, i) => ({
      bound,
      count: get("try_seconds", String(i)),
    }));
    const requests = classes.reduce((sum, { count }) => sum + count, 0);
    return {
      pool: upstream,
      replica: title,
      container: name.replace(/:\d+$/, ""),
      address,
      state: health?.state ?? "not asked",
      since: health === undefined ? null : new Date(health.since).toISOString(),
      lastAnswer: health === undefined || health.answer === "" ? null : health.answer,
      strikes: health?.strikes ?? 0,
      requests,
      errors: get("errors"),
      streams: get("streams"),
      averageMs: requests === 0 ? null : Math.round((get("try_seconds_sum") / requests) * 10_000) / 10,
      p95Ms: percentile(classes, requests),
    };
  });
}

function percentile(classes: { bound: number; count: number }[], requests: number): number | null {
  let seen = 0;
  for (const { bound, count } of classes) {
    seen += count;
    if (requests > 0 && seen >= requests * 0.95) return bound === Infinity ? null : bound * 1000;
  }
  return null;
}
