import { byPool, pool, recordLatency, upByReplica } from "./requests";
import type { RuleSubject } from "./rule";

const byReplica = "sum by (service, pool, replica)";
const replica = "{{ $labels.service }}/{{ $labels.replica }}";
/** Least requests per second of a pool from which a share says something. */
const leastRate = 1;

/** Each replica as the balancers see it, and by its own figures. */
export const replicas: RuleSubject = {
  name: "replicas",
  recordings: (window) => {
    const rate = (metric: string): string => `${byReplica} (rate(${metric}[${window}]))`;
    return [
      { record: "replica:requests:rate", expr: rate("flotilla_try_duration_seconds_count") },
      { record: "replica:errors:rate", expr: rate("flotilla_errors_total") },
      { record: "replica:error:ratio", expr: "replica:errors:rate / (replica:requests:rate > 0)" },
      ...recordLatency(
        "replica",
        "service, pool, replica",
        `flotilla_try_duration_seconds_bucket[${window}]`,
      ),
      { record: "replica:saturation:requests", expr: rate("flotilla_try_duration_seconds_sum") },
      {
        record: "replica:share:ratio",
        expr: `replica:requests:rate / on (service, pool) group_left () (${byPool} (replica:requests:rate) > 0)`,
      },
      { record: "replica:up:bool", expr: upByReplica },
      // What the application says of itself, where it does.
      { record: "replica:cpu:cores", expr: rate('process_cpu_seconds_total{job="pool"}') },
      { record: "replica:memory:bytes", expr: `${byReplica} (process_resident_memory_bytes{job="pool"})` },
    ];
  },
  alerts: ({ unevenFactor }) => [
    {
      alert: "ReplicaDown",
      expr: "replica:up:bool == 0",
      for: "20s",
      severity: "warning",
      summary: `${replica} gets no requests: its health check fails.`,
      duringDeployments: "quiet",
    },
    {
      alert: "ReplicaNotMeasured",
      expr: 'up{job="pool"} == 0',
      for: "1m",
      severity: "warning",
      summary: `${replica} does not answer Prometheus.`,
      duringDeployments: "quiet",
    },
    {
      alert: "UnevenDistribution",
      expr: `max by (service, pool) (replica:share:ratio) * on (service, pool) pool:replicas_up:count > ${unevenFactor} and on (service, pool) pool:requests:rate > ${leastRate}`,
      for: "5m",
      severity: "warning",
      summary: `A replica of ${pool} gets {{ $value | humanize }} times its fair share.`,
      duringDeployments: "quiet",
    },
  ],
};
