import { expect, test } from "vitest";
import { addCounts } from "../../deploy/canary-counts";

const side = (requests: number, failed: number, classes: Record<string, number>) => ({
  requests,
  failed,
  classes,
});

const figures = {
  replicas: [
    { container: "a", state: "healthy" },
    { container: "b", state: "out" },
  ],
  canary: {
    id: "1",
    pools: { api: { fresh: side(10, 1, { 3: 10 }), old: side(90, 0, { 3: 80, 5: 10 }) } },
    replicas: { "b:80": { requests: 10, failed: 1 } },
  },
};

test("several balancers are added up", () => {
  expect(addCounts([figures, figures], "1")).toEqual({
    pools: { api: { fresh: side(20, 2, { 3: 20 }), old: side(180, 0, { 3: 160, 5: 20 }) } },
    replicas: { "b:80": { requests: 20, failed: 2 } },
    out: ["b", "b"],
    isUndone: false,
  });
});

test("what was counted in another step is left out", () => {
  expect(addCounts([figures], "2")).toMatchObject({ pools: {}, replicas: {}, isUndone: false });
});

test("one balancer that has put things back is enough", () => {
  expect(addCounts([figures, undefined], "1").isUndone).toBe(true);
});
