import { addHours, type Minute } from "./hour";
import { type Column, describeMoment, escapeHtml, page, table } from "./page";
import type { ReplicaStatus } from "./status";

/** A replica with its last hour. */
export interface ShownReplica extends ReplicaStatus {
  hour: Minute[];
}

/** The status for people: a section for each pool, a line for each of its replicas. */
export function renderStatus(name: string, replicas: ShownReplica[], now: number): string {
  const pools = [...new Set(replicas.map(({ pool }) => pool))];
  const sections = pools.map((pool) =>
    renderPool(
      pool,
      replicas.filter((replica) => replica.pool === pool),
      now,
    ),
  );
  const silent = replicas.length === 0 ? ["<p>No pool has a replica.</p>"] : [];
  return page(
    name,
    [
      describeTotals("all pools", replicas),
      ...silent,
      ...sections,
      "<p><small>Counted since the balancer was started. Streams, such as WebSockets, are counted when they end, and apart from requests. A bar is a minute of the last hour, its red part what failed.</small></p>",
    ].join("\n"),
  );
}

function renderPool(pool: string, replicas: ShownReplica[], now: number): string {
  return `<h2>${escapeHtml(pool)}</h2>\n${describeTotals(pool, replicas)}\n${table(columns(now), replicas)}`;
}

function describeTotals(title: string, replicas: ShownReplica[]): string {
  const sum = (get: (replica: ShownReplica) => number): number =>
    replicas.reduce((total, replica) => total + get(replica), 0);
  const out = sum(({ state }) => (state === "out" ? 1 : 0));
  const streams = sum((replica) => replica.streams);
  const facts = [
    `<span class="${out === 0 ? "healthy" : "out"}">${replicas.length - out} of ${replicas.length} replicas get requests</span>`,
    `${group(sum(({ requests }) => requests))} requests`,
    `${group(sum(({ errors }) => errors))} errors`,
    ...(streams === 0 ? [] : [`${group(streams)} streams`]),
  ];
  const hour = drawHour(`last hour of ${title}`, addHours(replicas.map((replica) => replica.hour)));
  return `<p>${facts.join(" · ")}</p>\n${hour}`;
}

function columns(now: number): Column<ShownReplica>[] {
  const text = (get: (replica: ShownReplica) => string | null): Column<ShownReplica>["cell"] => {
    return (replica) => escapeHtml(get(replica) ?? "–");
  };
  return [
    { title: "Replica", cell: text(({ replica }) => replica) },
    {
      title: "State",
      cell: ({ state, strikes }) =>
        `<span class="${state.replace(" ", "-")}">${state}${strikes === 0 ? "" : `, ${strikes} strikes`}</span>`,
    },
    { title: "Since", cell: ({ since }) => describeMoment(since, now) },
    { title: "Last hour", cell: ({ replica, hour }) => drawHour(`last hour of ${replica}`, hour) },
    { title: "Requests", cell: ({ requests }) => group(requests) },
    { title: "Errors", cell: ({ errors }) => group(errors) },
    { title: "Streams", cell: ({ streams }) => group(streams) },
    { title: "Average", cell: ({ averageMs }) => milliseconds(averageMs) },
    { title: "95 % within", cell: ({ p95Ms }) => milliseconds(p95Ms) },
    { title: "Last answer", cell: text(({ lastAnswer }) => lastAnswer) },
    { title: "Address", cell: text(({ address }) => address) },
  ];
}

/** Bars of an hour, the highest of which fills the height. */
function drawHour(title: string, hour: Minute[]): string {
  const most = Math.max(1, ...hour.map(({ requests }) => requests));
  const bar = (kind: string, at: number, count: number): string => {
    if (count === 0) return "";
    const height = Math.max(1, Math.round((Math.min(count, most) / most) * 40));
    return `<rect class="${kind}" x="${at * 4}" y="${40 - height}" width="3" height="${height}"/>`;
  };
  const bars = hour.map(
    ({ requests, errors }, at) => bar("requests", at, requests) + bar("errors", at, errors),
  );
  const total = hour.reduce((sum, { requests }) => sum + requests, 0);
  return `<svg viewBox="0 0 240 40" preserveAspectRatio="none" role="img"><title>${escapeHtml(title)}: ${total} requests, at most ${most} a minute</title>${bars.join("")}</svg>`;
}

function milliseconds(value: number | null): string {
  if (value === null) return "–";
  return value < 1000 ? `${Math.round(value * 10) / 10} ms` : `${Math.round(value / 100) / 10} s`;
}

function group(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, " ");
}
