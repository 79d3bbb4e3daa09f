import { escapeHtml } from "../../nginx/watch/page";

/** Measures of every picture, in units of its own. */
export const measures = { width: 480, height: 220, left: 62, right: 468, top: 10, bottom: 192 } as const;

/** Where a value is in a picture. */
export type Scale = (value: number) => number;

/** A scale from some values to a length of the picture. */
export function createScale(from: number, to: number, start: number, end: number): Scale {
  const span = to - from || 1;
  return (value) => round(start + ((value - from) / span) * (end - start));
}

/** Coordinates need few digits. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Values for an axis from 0: some four, each a round number; the last is not below the most. */
export function chooseTicks(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil(most / step - 0.001);
  return Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(6)));
}

/** A picture with what it shows in words, for who does not see it. */
export function renderSvg(label: string, lines: string[], height: number = measures.height): string[] {
  return [
    `<svg viewBox="0 0 ${measures.width} ${height}" role="img" aria-label="${escapeHtml(label)}">`,
    ...lines,
    "</svg>",
  ];
}

/** Words in a picture. */
export function renderText(
  x: number,
  y: number,
  text: string,
  anchor: "start" | "middle" | "end" = "end",
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

/** The lines of an axis from 0 upwards, with their values. */
export function renderHeights(ticks: number[], scale: Scale, format: (value: number) => string): string[] {
  const { left, right } = measures;
  return ticks.flatMap((tick) => [
    `<line class="axis" x1="${left}" x2="${right}" y1="${scale(tick)}" y2="${scale(tick)}" />`,
    renderText(left - 6, scale(tick) + 4, format(tick)),
  ]);
}

/** Words below a picture: at its start, in its middle and at its end. */
export function renderFeet(
  values: [start: number, middle: number, end: number],
  scale: Scale,
  format: (value: number) => string,
  y: number = measures.bottom + 20,
): string[] {
  const anchors = ["start", "middle", "end"] as const;
  return values.map((value, at) => renderText(scale(value), y, format(value), anchors[at]));
}

/** A line that the pointer tells of. */
export function renderHint(text: string): string {
  return `<title>${escapeHtml(text)}</title>`;
}
