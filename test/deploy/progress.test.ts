import { describe, expect, test } from "vitest";
import { readTold, tellOf, type Told } from "../../deploy/progress";

const words: Record<Told, true> = { healthy: true, joined: true, draining: true, drained: true };

describe("a line that says how far a replica is", () => {
  test.each(Object.keys(words) as Told[])("is read as it was meant: %s", (told) => {
    for (const title of ["api-1", "my-shop-20"])
      for (const more of ["", " after 0.3 s", " in 2 s; 1 requests are cut"])
        expect(readTold(tellOf(title, told, more))).toEqual({ title, told });
  });

  test("is a sentence of its replica", () => {
    expect(tellOf("api-1", "healthy", " after 0.3 s")).toBe("api-1 is healthy after 0.3 s");
    expect(tellOf("api-1", "joined")).toBe("api-1 has joined");
  });
});

test.each([
  "",
  "api-1",
  "healthy",
  "is healthy",
  "2 come, 1 stay",
  "2 leave",
  "drain is switched off",
  "gate is switched off",
  "no balancer runs, so nothing is under way",
  "jobs-1 has run for 10.0 s",
  "api-1 is unhealthy",
  "api-1 is healthyish",
  "The replica api-1 is healthy",
  "The replica api-1 (container app-api-1) is unhealthy.",
  "Warning: not all replicas have a limit of processes: no such cgroup",
])("another line is not read as one: %j", (line) => {
  expect(readTold(line)).toBeUndefined();
});
