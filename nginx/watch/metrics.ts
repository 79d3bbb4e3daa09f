import { bounds, keyOf } from "./counters";
import { head, type Label, sample } from "./exposition";
import type { Health } from "./health";
import type { Replica } from "./replicas";

/** Counters by their key. */
export type Counters = Map<string, number>;

/** A replica with what is known of its health; absent when nobody asks it. */
export interface WatchedReplica extends Replica {
  health?: Health;
}

/** Numbers that Nginx keeps of its connections. */
export interface Connections {
  active: number;
  reading: number;
  writing: number;
  waiting: number;
  accepted: number;
  handled: number;
}

interface Metric {
  name: string;
  help: string;
  labels: string[];
}

const counterMetrics: Record<string, Metric> = {
  requests: {
    name: "flotilla_requests_total",
    help: "Requests by the replica that answered last; without a replica Nginx answered.",
    labels: ["upstream", "replica", "class"],
  },
  bytes: { name: "flotilla_sent_bytes_total", help: "Bytes sent to clients.", labels: ["upstream"] },
  retries: {
    name: "flotilla_retries_total",
    help: "Tries of requests beyond the first.",
    labels: ["upstream"],
  },
  errors: {
    name: "flotilla_errors_total",
    help: "Tries that failed at a replica, also where another one answered then.",
    labels: ["upstream", "replica"],
  },
  streams: {
    name: "flotilla_streams_total",
    help: "Connections that became streams, such as WebSockets, and have ended; their seconds are in no duration.",
    labels: ["upstream", "replica"],
  },
  cache: {
    name: "flotilla_cache_total",
    help: "Requests by what the kept answers were good for.",
    labels: ["upstream", "status"],
  },
  limited: {
    name: "flotilla_limited_total",
    help: "Requests refused because a client asks too often.",
    labels: ["route"],
  },
};

const histogramMetrics: Record<string, Metric> = {
  seconds: {
    name: "flotilla_request_duration_seconds",
    help: "Duration of requests as clients see it.",
    labels: ["upstream"],
  },
  try_seconds: {
    name: "flotilla_try_duration_seconds",
    help: "Duration of tries at a replica.",
    labels: ["upstream", "replica"],
  },
};

/** Everything that is counted, as Prometheus reads it. */
export function renderMetrics(
  counters: Counters,
  replicas: WatchedReplica[],
  connections: Connections,
): string {
  const current = new Set(replicas.map(({ upstream, title }) => keyOf(upstream, title)));
  const rows = [...counters].map(([key, value]) => ({ parts: key.split("\t"), value })).sort(byParts);
  // A replica that is gone is told of no more.
  const isCurrent = ([metric = "", upstream = "", replica = ""]: string[]): boolean =>
    !labelsOf(metric).includes("replica") || replica === "" || current.has(keyOf(upstream, replica));
  const kept = rows.filter(({ parts }) => isCurrent(parts));
  const lines = [
    ...Object.entries(counterMetrics).flatMap(([key, metric]) => renderCounter(key, metric, kept)),
    ...Object.entries(histogramMetrics).flatMap(([key, metric]) => renderHistogram(key, metric, kept)),
    ...renderReplicas(replicas),
    ...renderConnections(connections),
  ];
  return `${lines.join("\n")}\n`;
}

interface Row {
  parts: string[];
  value: number;
}

function byParts(a: Row, b: Row): number {
  const [left, right] = [a.parts.join("\t"), b.parts.join("\t")];
  return left < right ? -1 : left > right ? 1 : 0;
}

function labelsOf(metric: string): string[] {
  const name = metric.replace(/_sum$/, "");
  return (counterMetrics[metric] ?? histogramMetrics[name])?.labels ?? [];
}

function renderCounter(key: string, metric: Metric, rows: Row[]): string[] {
  const own = rows.filter(({ parts }) => parts[0] === key);
  return [
    ...head(metric.name, metric.help, "counter"),
    ...own.map(({ parts, value }) => sample(metric.name, labelled(metric.labels, parts.slice(1)), value)),
  ];
}

function renderHistogram(key: string, { name, help, labels }: Metric, rows: Row[]): string[] {
  const sums = rows.filter(({ parts }) => parts[0] === `${key}_sum`);
  const counts = new Map(rows.map(({ parts, value }) => [parts.join("\t"), value]));
  return [
    ...head(name, help, "histogram"),
    ...sums.flatMap(({ parts, value: sum }) => {
      const values = parts.slice(1);
      const own = labelled(labels, values);
      let total = 0;
      const buckets = [...bounds.map(String), "+Inf"].map((bound, i) => {
        total += counts.get(keyOf(key, ...values, String(i))) ?? 0;
        return sample(`${name}_bucket`, [...own, ["le", bound]], total);
      });
      return [...buckets, sample(`${name}_sum`, own, sum), sample(`${name}_count`, own, total)];
    }),
  ];
}

function renderReplicas(replicas: WatchedReplica[]): string[] {
  // While an update replaces a replica there are two of the same title; the new one is the later.
  const byTitle = new Map(replicas.map((replica) => [keyOf(replica.upstream, replica.title), replica]));
  const asked = [...byTitle.values()].flatMap((replica) =>
    replica.health === undefined ? [] : [{ ...replica, health: replica.health }],
  );
  const own = ({ upstream, title }: Replica): Label[] => [
    ["upstream", upstream],
    ["replica", title],
  ];
  const up = "flotilla_replica_up";
  const time = "flotilla_replica_asked_timestamp_seconds";
  return [
    ...head(up, "Whether a replica gets requests: 0 when its health check has taken it out.", "gauge"),
    ...asked.map((replica) => sample(up, own(replica), replica.health.state === "out" ? 0 : 1)),
    ...head(time, "When a replica was last asked whether it is healthy.", "gauge"),
    ...asked.map((replica) => sample(time, own(replica), replica.health.asked / 1000)),
  ];
}

function renderConnections(connections: Connections): string[] {
  const { accepted, handled, ...states } = connections;
  const gauge = "flotilla_connections";
  return [
    ...head(gauge, "Clients' connections by what they do; active ones are all of them.", "gauge"),
    ...Object.entries(states).map(([state, value]) => sample(gauge, [["state", state]], value)),
    ...head("flotilla_connections_accepted_total", "Clients' connections accepted.", "counter"),
    sample("flotilla_connections_accepted_total", [], accepted),
    ...head("flotilla_connections_handled_total", "Clients' connections handled.", "counter"),
    sample("flotilla_connections_handled_total", [], handled),
  ];
}

function labelled(names: string[], values: string[]): Label[] {
  return names.map((name, i) => [name, values[i] ?? ""]);
}
