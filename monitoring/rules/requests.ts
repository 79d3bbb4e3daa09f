/** Requests that a pool answered. */
export const answered = 'flotilla_requests_total{pool!=""}';
/** Those of them that it failed to answer well. */
export const failed = 'flotilla_requests_total{pool!="",class="5xx"}';
export const byPool = "sum by (service, pool)";
/** A pool, in the summary of an alert. */
export const pool = "{{ $labels.service }}/{{ $labels.pool }}";
/** Whether each replica gets requests. */
export const upByReplica = "max by (service, pool, replica) (flotilla_replica_up)";

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** How long it takes, by the share of requests that take no longer. */
export function recordLatency(
  level: "pool" | "replica",
  by: string,
  buckets: string,
): { record: string; expr: string }[] {
  return Object.entries(quantiles).map(([name, quantile]) => ({
    record: `${level}:latency_seconds:${name}`,
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${buckets})))`,
  }));
}
