import type { Paint } from "../operator/style";
import { renderTable } from "../operator/table";
import type { LoadSettings } from "./load";
import type { Counted, Latency, Summary } from "./record";
import { nameRoute } from "./routes";
import type { PoolShares, Share } from "./shares";

/** The result of a load test. */
export interface LoadResult extends Summary {
  command: "loadtest";
  stack: string;
  ok: boolean;
  at: string;
  /** The load, in words. */
  asked: string;
  /** Seconds until the last request had ended, and answers in each of them. */
  durationSeconds: number;
  answersPerSecond: number;
  shares: PoolShares[];
  /** Reasons to doubt the figures. */
  remarks: string[];
  /** Why it failed. */
  errors: string[];
}

/** Milliseconds as people read them. */
export function describeMs(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds >= 100 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`;
}

/** A load, in words. */
export function describeLoad({
  routes,
  pace,
  seconds,
}: Pick<LoadSettings, "routes" | "pace" | "seconds">): string {
  const speed = "rate" in pace ? `${pace.rate} requests a second` : `${pace.connections} clients`;
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  const told = routes.map((route) =>
    routes.length === 1
      ? nameRoute(route)
      : `${nameRoute(route)} (${Math.round((route.weight / total) * 100)} %)`,
  );
  return `${speed} for ${seconds} s: ${told.join(", ")}`;
}

/** Names of the percentiles, in their order. */
export const percentiles: [title: string, of: keyof Latency][] = [
  ["P50", "p50"],
  ["P90", "p90"],
  ["P99", "p99"],
  ["P99.9", "p999"],
  ["max", "max"],
];

/** A result for people, of so many columns. */
export function renderLoad(result: LoadResult, width: number, paint: Paint): string[] {
  const { requests, failed, latency, statuses, unanswered, shares, remarks } = result;
  return [
    `${requests} requests in ${result.durationSeconds.toFixed(1)} s, ${result.answersPerSecond.toFixed(1)} answers a second, ${paint(failed === 0 ? "green" : "red", `${failed} failed`)}`,
    `durations, from when each was due: ${percentiles.map(([title, of]) => `${title} ${describeMs(latency[of])}`).join(", ")}`,
    "",
    ...renderCounted("ROUTE", result.routes, width),
    "",
    `answers: ${describeCounts(statuses)}`,
    ...(Object.keys(unanswered).length === 0
      ? []
      : [paint("red", `without an answer: ${describeCounts(unanswered)}`)]),
    ...shares.flatMap((pool) => ["", ...renderShares(pool, width, paint)]),
    ...(remarks.length === 0 ? [] : ["", ...remarks]),
  ];
}

/** Requests by what they have in common. */
export function renderCounted(title: string, counted: Counted[], width: number): string[] {
  return renderTable(
    counted,
    [
      { title, text: ({ name }) => name, least: 20 },
      { title: "REQUESTS", text: ({ requests }) => String(requests), isNumber: true },
      { title: "FAILED", text: ({ failed }) => String(failed), isNumber: true },
      { title: "P50", text: ({ p50 }) => describeMs(p50), isNumber: true },
      { title: "P99", text: ({ p99 }) => describeMs(p99), isNumber: true },
    ],
    width,
  );
}

function renderShares(
  { replicas, sentence, isAsExpected }: PoolShares,
  width: number,
  paint: Paint,
): string[] {
  const table = renderTable<Share>(
    replicas,
    [
      { title: "REPLICA", text: ({ replica }) => replica },
      { title: "REQUESTS", text: ({ requests }) => String(requests), isNumber: true },
      { title: "SHARE", text: ({ sharePercent }) => `${sharePercent.toFixed(1)}%`, isNumber: true },
      { title: "EXPECTED", text: describeExpected, isNumber: true },
    ],
    width,
  );
  return [...table, isAsExpected === false ? paint("red", sentence) : sentence];
}

/** How many requests of a replica are as chance would have it. */
export function describeExpected({ expected, tolerance }: Share): string {
  return `${Math.round(expected)} ± ${Math.ceil(tolerance)}`;
}

/** Counts by name: `200: 31, 503: 2`. */
export function describeCounts(counts: Record<string, number>): string {
  const told = Object.entries(counts).map(([name, count]) => `${name}: ${count}`);
  return told.length === 0 ? "none" : told.join(", ");
}
