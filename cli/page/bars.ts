import {
  chooseTicks,
  createScale,
  measures,
  renderFeet,
  renderHeights,
  renderHint,
  renderSvg,
  renderText,
  round,
} from "./axes";

/** Values of a class. */
export interface Bar {
  name: string;
  value: number;
}

/** Draws bars beside each other, with names at the first, the middle one and the last. */
export function drawBars(label: string, bars: Bar[]): string[] {
  const { left, right, top, bottom } = measures;
  const ticks = chooseTicks(Math.max(0, ...bars.map(({ value }) => value)));
  const scale = createScale(0, ticks.at(-1) ?? 1, bottom, top);
  const width = (right - left) / Math.max(1, bars.length);
  const last = bars.length - 1;
  return renderSvg(label, [
    ...renderHeights(ticks, scale, String),
    ...bars.map(
      ({ name, value }, at) =>
        `<rect class="bars" x="${round(left + at * width)}" y="${scale(value)}" width="${round(Math.max(1, width - 1))}" height="${round(bottom - scale(value))}">${renderHint(`${name}: ${value}`)}</rect>`,
    ),
    ...renderFeet(
      [0, Math.floor(last / 2), last],
      createScale(0, Math.max(1, last), left, right),
      (at) => bars[at]?.name ?? "",
    ),
  ]);
}

/** A value with the bounds that it is to be within. */
export interface BoundedBar extends Bar {
  expected: number;
  tolerance: number;
}

const rowHeight = 28;

/** Draws bars below each other, each with a mark from the least to the most that it is to be. */
export function drawBoundedBars(label: string, bars: BoundedBar[]): string[] {
  const { left, right } = measures;
  const start = left + 40;
  const most = Math.max(
    1,
    ...bars.map(({ value, expected, tolerance }) => Math.max(value, expected + tolerance)),
  );
  const scale = createScale(0, most, start, right - 60);
  const rows = bars.flatMap(({ name, value, expected, tolerance }, at) => {
    const y = 6 + at * rowHeight;
    const [low, high] = [scale(Math.max(0, expected - tolerance)), scale(expected + tolerance)];
    return [
      renderText(start - 8, y + 15, name),
      `<rect class="bars" x="${start}" y="${y}" width="${round(scale(value) - start)}" height="18">${renderHint(`${name}: ${value}`)}</rect>`,
      `<path class="bound" fill="none" d="M${low} ${y + 2}v14M${low} ${y + 9}H${high}M${high} ${y + 2}v14" />`,
      renderText(Math.max(scale(value), high) + 6, y + 15, String(value), "start"),
    ];
  });
  return renderSvg(label, rows, 8 + bars.length * rowHeight);
}
