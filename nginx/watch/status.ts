import { bounds, keyOf } from "./counters";
import type { Counters, WatchedReplica } from "./metrics";
import { escapeHtml, page } from "./page";

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
  requests: number;
  errors: number;
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

/** A page for people. */
export function renderPage(name: string, replicas: ReplicaStatus[]): string {
  const columns: [string, (replica: ReplicaStatus) => string | number | null][] = [
    ["Pool", ({ pool }) => pool],
    ["Replica", ({ replica }) => replica],
    ["Address", ({ address }) => address],
    ["State", ({ state }) => state],
    ["Since", ({ since }) => since],
    ["Last answer", ({ lastAnswer }) => lastAnswer],
    ["Strikes", ({ strikes }) => strikes],
    ["Requests", ({ requests }) => requests],
    ["Errors", ({ errors }) => errors],
    ["Average ms", ({ averageMs }) => averageMs],
    ["95 % within ms", ({ p95Ms }) => p95Ms],
  ];
  const cell = (tag: string, value: string | number | null): string =>
    `<${tag}>${escapeHtml(String(value ?? "–"))}</${tag}>`;
  const rows = replicas.map(
    (replica) =>
      `<tr class="${replica.state.replace(" ", "-")}">${columns.map(([, get]) => cell("td", get(replica))).join("")}</tr>`,
  );
  return page(
    name,
    `<table>
<tr>${columns.map(([title]) => cell("th", title)).join("")}</tr>
${rows.join("\n")}
</table>`,
  );
}
