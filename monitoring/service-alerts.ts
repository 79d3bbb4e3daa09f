import type { Alert, Thresholds } from "./model";

const pool = "{{ $labels.service }}/{{ $labels.pool }}";
const replica = "{{ $labels.service }}/{{ $labels.replica }}";
const percent = "{{ $value | humanizePercentage }}";
/** Least requests per second of a pool from which a share or a ratio says something. */
const leastRate = 1;

/** What users notice, or soon will. */
export function serviceAlerts(thresholds: Thresholds): Alert[] {
  return [...availabilityAlerts(), ...qualityAlerts(thresholds), ...scalingAlerts(thresholds)];
}

function availabilityAlerts(): Alert[] {
  return [
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
      alert: "AllReplicasDown",
      expr: "pool:replicas_up:count == 0",
      for: "10s",
      severity: "critical",
      summary: `${pool} has no replica that works.`,
    },
    {
      alert: "BalancerDown",
      expr: 'up{job="balancer"} == 0',
      for: "20s",
      severity: "critical",
      summary: "The balancer {{ $labels.service }}/{{ $labels.balancer }} does not answer.",
    },
  ];
}

function qualityAlerts({ errorPercent, responseSeconds, unevenFactor }: Thresholds): Alert[] {
  const enough = `and on (service, pool) pool:requests:rate > ${leastRate}`;
  return [
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
    {
      alert: "UnevenDistribution",
      expr: `max by (service, pool) (replica:share:ratio) * on (service, pool) pool:replicas_up:count > ${unevenFactor} ${enough}`,
      for: "5m",
      severity: "warning",
      summary: `A replica of ${pool} gets {{ $value | humanize }} times its fair share.`,
      duringDeployments: "quiet",
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

/** Each pair of windows: a long one that says how much is lost, a short one that says that it goes on. */
const burnRates = [
  { long: "1h", short: "5m", factor: 14.4 },
  { long: "6h", short: "30m", factor: 6 },
  { long: "1d", short: "2h", factor: 3 },
  { long: "3d", short: "6h", factor: 1 },
];

/** How fast the failures that the objective allows are used up. */
export function budgetAlerts({ availabilityPercent }: Thresholds): Alert[] {
  const budget = 1 - availabilityPercent / 100;
  const burns = (rates: typeof burnRates): string =>
    rates
      .map(({ long, short, factor }) => {
        const bound = Number((factor * budget).toPrecision(6));
        return `(pool:error:ratio_${long} > ${bound} and pool:error:ratio_${short} > ${bound})`;
      })
      .join(" or ");
  return [
    {
      alert: "ErrorBudgetBurnsFast",
      expr: burns(burnRates.slice(0, 2)),
      for: "1m",
      severity: "critical",
      summary: `${percent} of the requests to ${pool} fail: the failures of a month are used up within days.`,
    },
    {
      alert: "ErrorBudgetBurnsSlowly",
      expr: burns(burnRates.slice(2)),
      for: "15m",
      severity: "warning",
      summary: `${percent} of the requests to ${pool} fail: more than ${availabilityPercent} % allow.`,
    },
  ];
}
