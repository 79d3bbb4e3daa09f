import { describe, expect, test } from "vitest";
import { Histogram } from "../../../cli/load/histogram";

function fill(durations: number[]): Histogram {
  const histogram = new Histogram();
  for (const duration of durations) histogram.add(duration);
  return histogram;
}

test("percentiles are those of all durations, to one part in 64", () => {
  const histogram = fill(Array.from({ length: 10_000 }, (_, at) => (at + 1) / 10));
  for (const [share, exact] of [
    [0.5, 500],
    [0.9, 900],
    [0.99, 990],
    [0.999, 999],
  ] as const) {
    expect(histogram.percentile(share)).toBeGreaterThanOrEqual(exact);
    expect(histogram.percentile(share)).toBeLessThanOrEqual(exact * (1 + 1 / 64));
  }
  expect(histogram.percentile(1)).toBe(1000);
  expect(histogram.mean).toBeCloseTo(500.05);
});

test("one duration is all percentiles; none is nothing", () => {
  expect([0.5, 0.999, 1].map((share) => fill([12.3]).percentile(share))).toEqual([12.3, 12.3, 12.3]);
  expect(fill([]).percentile(0.99)).toBe(0);
  expect(fill([]).mean).toBe(0);
});

test("percentiles never go down, and none is above the longest", () => {
  const histogram = fill([0, 0.001, 0.127, 0.128, 0.129, 3, 3, 65.5, 65.536, 59_999.9]);
  const found = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1].map((share) => histogram.percentile(share));
  expect(found).toEqual(found.toSorted((one, other) => one - other));
  expect(found.at(-1)).toBe(59_999.9);
});

describe("classes", () => {
  test("hold every duration once, in their order, without an overlap", () => {
    const durations = Array.from({ length: 3000 }, (_, at) => 1.007 ** at / 1000).filter(
      (each) => each < 60_000,
    );
    const classes = fill(durations).classes();
    expect(classes.reduce((sum, { count }) => sum + count, 0)).toBe(durations.length);
    classes.slice(1).forEach(({ from, to }, at) => {
      expect(from).toBeGreaterThanOrEqual(classes[at]?.to ?? Infinity);
      expect(to).toBeGreaterThan(from);
    });
  });

  test("are few for many durations", () => {
    expect(fill(Array.from({ length: 100_000 }, (_, at) => at / 2)).classes().length).toBeLessThan(1400);
  });
});
