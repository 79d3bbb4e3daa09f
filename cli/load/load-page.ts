import { escapeHtml } from "../../nginx/watch/page";
import { drawBars, drawBoundedBars, type Bar } from "../page/bars";
import { renderFigure, renderFrame, renderHtmlTable } from "../page/frame";
import { drawLines, type LinePlot } from "../page/lines";
import type { Summary } from "./record";
import { describeCounts, describeExpected, describeMs, type LoadResult, percentiles } from "./report";
import type { PoolShares } from "./shares";

/** Bars of a histogram. */
const mostBars = 40;

/** Draws the result of a load test. */
export function renderLoadPage(result: LoadResult): string {
  const { stack, asked, at, requests, failed, latency, routes, statuses, unanswered, shares, remarks } =
    result;
  return renderFrame(`Load test of ${stack}`, [
    `<p>${escapeHtml(asked)}</p>`,
    `<p class="faint">${escapeHtml(at)}, ${result.durationSeconds.toFixed(1)} s; durations are counted from when a request was due.</p>`,
    ...renderCards([
      ["requests", String(requests)],
      ["failed", String(failed), failed === 0 ? "good" : "bad"],
      ["answers a second", result.answersPerSecond.toFixed(1)],
      ...percentiles.map(([title, of]): Card => [title, describeMs(latency[of])]),
    ]),
    ...remarks.map((remark) => `<p class="middling">${escapeHtml(remark)}</p>`),
    '<div class="grid">',
    ...renderSeconds(result),
    ...renderFigure(
      "Durations of requests",
      drawBars("How many requests took how long", foldClasses(result.classes)),
    ),
    ...shares.flatMap(renderPoolShares),
    "</div>",
    "<h2>Routes</h2>",
    ...renderHtmlTable(
      ["route", "requests", "failed", "P50", "P99"],
      routes.map(({ name, requests, failed, p50, p99 }) => [
        ...[name, String(requests), String(failed)],
        ...[describeMs(p50), describeMs(p99)],
      ]),
    ),
    `<p>Answers: ${escapeHtml(describeCounts(statuses))}. Without an answer: ${escapeHtml(describeCounts(unanswered))}.</p>`,
  ]);
}

/** A figure with what it is, and whether it is good. */
type Card = [title: string, value: string, tone?: "good" | "middling" | "bad"];

function renderCards(cards: Card[]): string[] {
  return [
    '<div class="cards">',
    ...cards.map(
      ([title, value, tone = ""]) =>
        `<div class="card"><b class="${tone}">${escapeHtml(value)}</b><span class="faint">${escapeHtml(title)}</span></div>`,
    ),
    "</div>",
  ];
}

function renderSeconds({ seconds }: Summary): string[] {
  const axis: Pick<LinePlot, "formatX"> = { formatX: (second) => `${Math.round(second)} s` };
  const of = (key: "answered" | "failed" | "p50" | "p99") =>
    seconds.map((each): [number, number | null] => [each.second, each[key]]);
  return [
    ...renderFigure(
      "Answers and failures in each second",
      drawLines({
        ...{ ...axis, label: "Answers and failures over time", formatY: String },
        lines: [
          { name: "answers", points: of("answered") },
          { name: "failed", points: of("failed") },
        ],
      }),
    ),
    ...renderFigure(
      "Durations over time",
      drawLines({
        ...{ ...axis, label: "Durations over time", formatY: (value) => describeMs(value) },
        lines: [
          { name: "P50", points: of("p50") },
          { name: "P99", points: of("p99") },
        ],
      }),
    ),
  ];
}

function renderPoolShares({ pool, replicas, sentence, isAsExpected }: PoolShares): string[] {
  const bars = replicas.map(({ replica, requests, expected, tolerance }) => ({
    ...{ name: replica, value: requests, expected, tolerance },
  }));
  const expected = replicas.map((share) => `${share.replica}: ${describeExpected(share)}`).join(", ");
  return renderFigure(
    `Requests by replica of ${pool}`,
    drawBoundedBars(`Requests by replica of ${pool}`, bars),
    [
      `<p class="${isAsExpected === false ? "bad" : "faint"}">${escapeHtml(sentence)} Expected: ${escapeHtml(expected)}.</p>`,
    ],
  );
}

/** Fewer classes, each wider than the one before by the same part. */
export function foldClasses(classes: Summary["classes"]): Bar[] {
  const first = Math.max(0.01, classes[0]?.[0] ?? 0.01);
  const last = Math.max(first * 1.01, classes.at(-1)?.[0] ?? 1);
  const factor = Math.max(1.05, (last / first) ** (1 / (mostBars - 1)));
  const count = Math.floor(Math.log(last / first) / Math.log(factor) + 1e-9) + 2;
  const bars = Array.from({ length: count }, (_, at) => ({
    name: describeMs(first * factor ** at),
    value: 0,
  }));
  for (const [to, value] of classes) {
    const at = Math.ceil(Math.log(Math.max(first, to) / first) / Math.log(factor) - 1e-9);
    const bar = bars[Math.min(at, count - 1)];
    if (bar !== undefined) bar.value += value;
  }
  return bars.at(-1)?.value === 0 ? bars.slice(0, -1) : bars;
}
