import {
  createScale,
  measures,
  renderFeet,
  renderHint,
  renderSvg,
  renderText,
  round,
  type Scale,
} from "./axes";
import type { Line } from "./lines";

/** How good a value is. */
export type Tone = "good" | "middling" | "bad" | "none";

/** A picture with a band for each line, in the colours of its values. */
export interface BandPlot {
  /** In words, for who does not see it. */
  label: string;
  lines: Line[];
  from: number;
  to: number;
  /** How good a value is, and what it is called. */
  judge: (value: number) => { tone: Tone; text: string };
  formatX: (value: number) => string;
}

const rowHeight = 34;
const edge = 4;

/** Draws bands, each below its name. */
export function drawBands({ label, lines, from, to, judge, formatX }: BandPlot): string[] {
  const scale = createScale(from, to, edge, measures.width - edge);
  const rows = lines.flatMap(({ name, points }, at) => [
    renderText(edge, at * rowHeight + 13, name, "start"),
    ...listRuns(points, to).flatMap(([start, end, value]) =>
      renderRun(scale, at, [start, end], judge(value), name),
    ),
  ]);
  const height = lines.length * rowHeight + 24;
  const feet = renderFeet([from, (from + to) / 2, to], scale, formatX, height - 6);
  return renderSvg(label, [...rows, ...feet], height);
}

function renderRun(
  scale: Scale,
  row: number,
  [start, end]: [number, number],
  { tone, text }: { tone: Tone; text: string },
  name: string,
): string[] {
  const width = round(Math.max(1, scale(end) - scale(start)));
  return [
    `<rect class="fill-${tone}" x="${scale(start)}" y="${row * rowHeight + 18}" width="${width}" height="12">${renderHint(`${name}: ${text}`)}</rect>`,
  ];
}

/** From when to when a line has the same value. */
export function listRuns(points: Line["points"], to: number): [start: number, end: number, value: number][] {
  return points.reduce<[number, number, number][]>((runs, [time, value], at) => {
    if (value === null) return runs;
    const end = points[at + 1]?.[0] ?? to;
    const last = runs.at(-1);
    if (last !== undefined && last[2] === value && last[1] === time) last[1] = end;
    else runs.push([time, end, value]);
    return runs;
  }, []);
}
