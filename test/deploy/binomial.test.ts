import { expect, test } from "vitest";
import { findTail } from "../../deploy/binomial";

test.each([
  // As tables of the binomial distribution have it.
  [3, 3, 0.01, 1e-6],
  [10, 8, 0.5, 56 / 1024],
  [50, 3, 0.01, 0.01382],
  [50, 1, 0.01, 0.39499],
  [20, 0, 0.5, 1],
  [100, 5, 0.05, 1],
  [7, 7, 0, 0],
  [0, 0, 0.1, 1],
])("of %d tries %d or more fail, each with a chance of %d: %d", (tries, failures, chance, tail) => {
  const found = findTail(tries, failures, chance);
  expect(found).toBeCloseTo(tail, 5);
  if (tail > 0 && tail < 1) expect(found / tail).toBeCloseTo(1, 2);
});

test("many tries are counted as fast as few, and are no more than certain", () => {
  const started = performance.now();
  expect(findTail(1_000_000, 10_001, 0.01)).toBeCloseTo(0.4987, 2);
  expect(findTail(1_000_000, 20_000, 0.01)).toBe(0);
  expect(performance.now() - started).toBeLessThan(200);
});
