import { answered, byPool, failed, pool, recordLatency, upByReplica } from "./requests";
import type { Thresholds } from "../thresholds";
import { type Alert, percent, type RecordingRule, type RuleSubject } from "./rule";

// A balancer speaks for the replicas behind it. A worker does so itself, where it has figures, or its container does, where these
// are measured.
const deadWorkers = [
  'max by (service, pool) (up{job="pool"}) == 0 unless on (service, pool) pool:replicas_up:count',
  'count by (service, pool) (flotilla_container_info{role="worker"}) unless on (service, pool) count by (service, pool) (container:memory:bytes{role="worker"}) and on () up{job="containers"} == 1',
];

/** A pool as its users notice it, or soon will. */
export const pools: RuleSubject = {
  name: "pools",
  recordings,
  alerts: (thresholds) => [...qualityAlerts(thresholds), ...scalingAlerts(thresholds)],
};

function recordings(window: string): RecordingRule[] {
  const rate = (metric: string): string => `${byPool} (rate(${metric}[${window}]))`;
  return [
    { record: "pool:requests:rate", expr: rate(answered) },
    { record: "pool:errors:rate", expr: rate(failed) },
    { record: "pool:error:ratio", expr: "pool:errors:rate / (pool:requests:rate > 0)" },
    ...recordLatency(
      "pool",
      "service, pool",
      `flotilla_request_duration_seconds_bucket{pool!=""}[${window}]`,
    ),
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

function qualityAlerts({ errorPercent, responseSeconds }: Thresholds): Alert[] {
  return [
    {
      alert: "AllReplicasDown",
      expr: "pool:replicas_up:count == 0",
      for: "10s",
      severity: "critical",
      summary: `${pool} has no replica that works.`,
    },
    {
      alert: "AllWorkersDown",
      expr: deadWorkers.map((each) => `(${each})`).join(" or "),
      for: "30s",
      severity: "critical",
      summary: `${pool} has no worker that runs.`,
    },
    {
      alert: "ErrorRateHigh",
      expr: `pool:error:ratio > ${errorPercent / 100}`,
      for: "1m",
      severity: "critical",
      summary: `${percent} of the requests to ${pool} fail.`,
    },
    {
      alert: "ResponseSlow",
      expr: `pool:latency_seconds:p95 > ${responseSeconds}`,
      for: "1m",
      severity: "warning",
      summary: `One in 20 requests to ${pool} takes {{ $value | humanizeDuration }} or longer.`,
    },
  ];
}

function scalingAlerts(thresholds: Thresholds): Alert[] {
  const { scaleUpCpuPercent, scaleDownCpuPercent, memoryPercent, responseSeconds, errorPercent } = thresholds;
  // A container's share of its limit, or else a process' share of one processor.
  const cpu =
    '(avg by (service, pool) (container:cpu:ratio{pool!=""}) or avg by (service, pool) (replica:cpu:cores))';
  const memory = 'avg by (service, pool) (container:memory:ratio{pool!=""})';
  const overloaded = [
    `${cpu} > ${scaleUpCpuPercent / 100}`,
    `${memory} > ${memoryPercent / 100}`,
    `pool:latency_seconds:p95 > ${responseSeconds}`,
    `pool:error:ratio > ${errorPercent / 100}`,
  ];
  return [
    {
      alert: "ScaleUpAdvised",
      expr: overloaded.join(" or "),
      for: "3m",
      severity: "info",
      summary: `${pool} is near its limits: more replicas would help.`,
      duringDeployments: "quiet",
    },
    {
      alert: "ScaleDownAdvised",
      expr: `${cpu} < ${scaleDownCpuPercent / 100} and on (service, pool) pool:replicas:count > 1`,
      for: "30m",
      severity: "info",
      summary: `${pool} uses ${percent} of its processors: fewer replicas would do.`,
      duringDeployments: "quiet",
    },
  ];
}
