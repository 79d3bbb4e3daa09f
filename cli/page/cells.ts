import { createScale, measures, renderFeet, renderHint, renderSvg, renderText, round } from "./axes";
import type { Line } from "./lines";

/** A picture with a row of cells for each line: the more, the fuller. */
export interface CellPlot {
  /** In words, for who does not see it. */
  label: string;
  /** The first one stands at the bottom. */
  rows: Line[];
  from: number;
  to: number;
  formatX: (value: number) => string;
  formatValue: (value: number) => string;
}

/** Draws cells over time. */
export function drawCells({ label, rows, from, to, formatX, formatValue }: CellPlot): string[] {
  const { left, right, top, bottom } = measures;
  const scale = createScale(from, to, left, right);
  const height = (bottom - top) / Math.max(1, rows.length);
  const values = rows.flatMap(({ points }) => points.map(([, value]) => value ?? 0));
  const most = values.reduce((found, value) => Math.max(found, value), 0);
  const cells = rows.flatMap(({ name, points }, at) => {
    const y = round(bottom - (at + 1) * height);
    const named = at % 2 === 0 ? [renderText(left - 6, y + height / 2 + 4, name)] : [];
    return [
      ...named,
      ...points.flatMap(([time, value], index) => {
        if (value === null || value <= 0) return [];
        const end = points[index + 1]?.[0] ?? to;
        const opacity = round(Math.sqrt(value / most) * 10) / 10;
        return [
          `<rect class="bars" fill-opacity="${Math.max(0.1, opacity)}" x="${scale(time)}" y="${y}" width="${round(Math.max(1, scale(end) - scale(time)))}" height="${round(height)}">${renderHint(`${name}: ${formatValue(value)}`)}</rect>`,
        ];
      }),
    ];
  });
  return renderSvg(label, [...cells, ...renderFeet([from, (from + to) / 2, to], scale, formatX)]);
}
