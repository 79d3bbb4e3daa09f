import { expect, test } from "vitest";
import { shareOut } from "../../deploy/canary-lines";
import { parseMember, renderMember, weightOf } from "../../nginx/members";

/** Replicas with these weights; spares where none is told. */
function members(prefix: string, weights: (number | undefined)[]) {
  return weights.flatMap((weight, index) => {
    const title = `${prefix}-${index + 1}`;
    const member = { name: title, port: 3000, title, maxConnections: 0 };
    const line = renderMember(
      { ...member, weight: weight ?? 1, backup: weight === undefined },
      { maxFails: 3, failSeconds: 10 },
    );
    return parseMember(line) ?? [];
  });
}

test.each([
  { old: [1, 1, 1], fresh: [1, 1, 1], percent: 10, weights: [9, 9, 9, 1, 1, 1] },
  { old: [1, 1, 1], fresh: [1, 1, 1], percent: 50, weights: [1, 1, 1, 1, 1, 1] },
  { old: [1], fresh: [1], percent: 1, weights: [99, 1] },
  { old: [1, 1], fresh: [1, 1, 1, 1], percent: 20, weights: [8, 8, 1, 1, 1, 1] },
  { old: [1, 1, 1, 1], fresh: [1, 1], percent: 75, weights: [1, 1, 1, 1, 6, 6] },
  { old: [3, 1], fresh: [3, 1], percent: 25, weights: [9, 3, 3, 1] },
  { old: [1, 1, undefined], fresh: [1, 1, undefined], percent: 10, weights: [9, 9, 1, 1, 1, 1] },
])("of $old and $fresh, the new ones have $percent per cent", ({ old, fresh, percent, weights }) => {
  const lines = shareOut(members("old", old), members("new", fresh), percent);
  expect(lines.map(weightOf)).toEqual(weights);
});

test("lines are as they were but for the weight", () => {
  expect(shareOut(members("old", [1, 2]), members("new", [1, undefined]), 50)).toEqual([
    "server old-1:3000 resolve max_fails=3 fail_timeout=10s; # old-1",
    "server old-2:3000 resolve weight=2 max_fails=3 fail_timeout=10s; # old-2",
    "server new-1:3000 resolve weight=3 max_fails=3 fail_timeout=10s; # new-1",
    "server new-2:3000 resolve max_fails=3 fail_timeout=10s backup; # new-2",
  ]);
});

test("a share that needs large weights is rounded, and nobody is left out", () => {
  const lines = shareOut(
    members("old", Array<number>(7).fill(1)),
    members("new", Array<number>(11).fill(1)),
    1,
  );
  const weights = lines.map(weightOf);
  expect(Math.max(...weights)).toBeLessThanOrEqual(200);
  expect(Math.min(...weights)).toBe(1);
  const share =
    weights.slice(7).reduce((sum, weight) => sum + weight) / weights.reduce((sum, weight) => sum + weight);
  expect(share).toBeCloseTo(0.01, 2);
});
