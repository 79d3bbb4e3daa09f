import type { RecordingRule, RuleGroup } from "./model";

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 };
/** Windows of the error budget's rules. */
export const budgetWindows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

const answered = 'flotilla_requests_total{pool!=""}';
const failed = 'flotilla_requests_total{pool!="",class="5xx"}';
const byPool = "sum by (service, pool)";
const byReplica = "sum by (service, pool, replica)";

/** The golden signals of what the balancers see. */
export function serviceRules(window: string): RuleGroup<RecordingRule>[] {
  return [
    { name: "pools", rules: poolRules(window) },
    { name: "replicas", rules: replicaRules(window) },
    { name: "balancers", rules: balancerRules(window) },
    { name: "error-budget", rules: budgetWindows.map(errorRatio) },
    { name: "availability", rules: availabilityRules },
  ];
}

function poolRules(window: string): RecordingRule[] {
  const rate = (metric: string): string => `${byPool} (rate(${metric}[${window}]))`;
  return [
    { record: "pool:requests:rate", expr: rate(answered) },
    { record: "pool:errors:rate", expr: rate(failed) },
    { record: "pool:error:ratio", expr: "pool:errors:rate / (pool:requests:rate > 0)" },
    ...Object.entries(quantiles).map(([name, quantile]) => ({
      record: `pool:latency_seconds:${name}`,
      expr: `histogram_quantile(${quantile}, sum by (service, pool, le) (rate(flotilla_request_duration_seconds_bucket{pool!=""}[${window}])))`,
    })),
    // The time that all requests took in a second is the number of them under way.
    { record: "pool:saturation:requests", expr: rate('flotilla_request_duration_seconds_sum{pool!=""}') },
    { record: "pool:retries:rate", expr: rate('flotilla_retries_total{pool!=""}') },
    { record: "pool:sent_bytes:rate", expr: rate('flotilla_sent_bytes_total{pool!=""}') },
    {
      record: "pool:cache_hit:ratio",
      expr: `${rate('flotilla_cache_total{status="HIT"}')} / (${rate("flotilla_cache_total")} > 0)`,
    },
    { record: "pool:replicas:count", expr: `count by (service, pool) (${upByReplica})` },
    { record: "pool:replicas_up:count", expr: `sum by (service, pool) (${upByReplica})` },
  ];
}

const upByReplica = "max by (service, pool, replica) (flotilla_replica_up)";

function replicaRules(window: string): RecordingRule[] {
  const rate = (metric: string): string => `${byReplica} (rate(${metric}[${window}]))`;
  return [
    { record: "replica:requests:rate", expr: rate("flotilla_try_duration_seconds_count") },
    { record: "replica:errors:rate", expr: rate("flotilla_errors_total") },
    { record: "replica:error:ratio", expr: "replica:errors:rate / (replica:requests:rate > 0)" },
    ...Object.entries(quantiles).map(([name, quantile]) => ({
      record: `replica:latency_seconds:${name}`,
      expr: `histogram_quantile(${quantile}, sum by (service, pool, replica, le) (rate(flotilla_try_duration_seconds_bucket[${window}])))`,
    })),
    { record: "replica:saturation:requests", expr: rate("flotilla_try_duration_seconds_sum") },
    {
      record: "replica:share:ratio",
      expr: `replica:requests:rate / on (service, pool) group_left () (${byPool} (replica:requests:rate) > 0)`,
    },
    { record: "replica:up:bool", expr: upByReplica },
    // What the application says of itself, where it does.
    {
      record: "replica:cpu:cores",
      expr: `${byReplica} (rate(process_cpu_seconds_total{job="pool"}[${window}]))`,
    },
    { record: "replica:memory:bytes", expr: `${byReplica} (process_resident_memory_bytes{job="pool"})` },
  ];
}

function balancerRules(window: string): RecordingRule[] {
  return [
    {
      record: "balancer:requests:rate",
      expr: `sum by (service, balancer, class) (rate(flotilla_requests_total[${window}]))`,
    },
    {
      record: "balancer:connections:count",
      expr: "sum by (service, balancer, state) (flotilla_connections)",
    },
    {
      record: "route:limited:rate",
      expr: `sum by (service, balancer, route) (rate(flotilla_limited_total[${window}]))`,
    },
  ];
}

/** How available a pool was for those who asked, and for whoever might have. */
const availabilityRules: RecordingRule[] = [
  { record: "pool:success:ratio_1d", expr: "1 - pool:error:ratio_1d" },
  { record: "pool:available:bool", expr: "pool:replicas_up:count > bool 0" },
  { record: "pool:available:ratio_1d", expr: "avg_over_time(pool:available:bool[1d])" },
];

function errorRatio(window: string): RecordingRule {
  return {
    record: `pool:error:ratio_${window}`,
    expr: `${byPool} (rate(${failed}[${window}])) / (${byPool} (rate(${answered}[${window}])) > 0)`,
  };
}
