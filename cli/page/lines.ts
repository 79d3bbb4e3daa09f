import { chooseTicks, createScale, measures, renderFeet, renderHeights, renderSvg, type Scale } from "./axes";
import { escapeHtml } from "../../nginx/watch/page";
import { colors } from "./style";

/** A line of a picture; a gap is a point without a value. */
export interface Line {
  name: string;
  points: [x: number, y: number | null][];
}

/** A picture of lines. */
export interface LinePlot {
  /** In words, for who does not see it. */
  label: string;
  lines: Line[];
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  /** From where to where it goes; as far as its points when left out. */
  from?: number;
  to?: number;
  /** The highest value that there can be. */
  most?: number | undefined;
}

/** Draws lines over time, with the names of the lines below. */
export function drawLines({ label, lines, formatX, formatY, from, to, most }: LinePlot): string[] {
  const xs = lines.flatMap(({ points }) => points.map(([x]) => x));
  const ys = lines.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])));
  const { left, right, top, bottom } = measures;
  const [first, last] = [from ?? least(xs), to ?? greatest(xs)];
  const ticks = chooseTicks(most ?? greatest(ys));
  const scaleX = createScale(first, last, left, right);
  const scaleY = createScale(0, ticks.at(-1) ?? 1, bottom, top);
  return [
    ...renderSvg(label, [
      ...renderHeights(ticks, scaleY, formatY),
      ...renderFeet([first, (first + last) / 2, last], scaleX, formatX),
      ...lines.map(({ points }, at) => drawLine(points, at, scaleX, scaleY)),
    ]),
    ...renderLegend(lines.map(({ name }) => name)),
  ];
}

function drawLine(points: Line["points"], at: number, scaleX: Scale, scaleY: Scale): string {
  let isOpen = false;
  const path = points.map(([x, y]) => {
    const command = isOpen ? "L" : "M";
    isOpen = y !== null;
    return y === null ? "" : `${command}${scaleX(x)} ${scaleY(y)}`;
  });
  // A point between two gaps would be a line without a length.
  const d = path.filter((each) => each !== "").join("");
  return `<path class="line${at % colors}" d="${d}" stroke-linejoin="round" stroke-linecap="round" />`;
}

/** The names of lines, with their colours. */
export function renderLegend(names: string[]): string[] {
  const items = names.map((name, at) => `<li><i class="mark${at % colors}"></i>${escapeHtml(name)}</li>`);
  return ['<ul class="legend">', ...items, "</ul>"];
}

function least(values: number[]): number {
  return values.reduce((found, value) => Math.min(found, value), values[0] ?? 0);
}

function greatest(values: number[]): number {
  return values.reduce((found, value) => Math.max(found, value), values[0] ?? 0);
}
