import { expect, test } from "vitest";
import { fineClassOf } from "../../../nginx/comparison";
import { compareTries, parseCanaryStep, summarizeStep } from "../../../nginx/watch/canary";
import { parseLine } from "../../../nginx/watch/lines";
import { parseReplicas } from "../../../nginx/watch/replicas";

const step = parseCanaryStep("17-0\napi new-1:3000\napi new-2:3000\n");
const replicas = new Map(
  parseReplicas(
    [
      "api api-1 old-1 3000 10.0.0.1",
      "api api-1 new-1 3000 10.0.0.2",
      "api api-2 new-2 3000 10.0.0.3",
      "web web-1 web-1 3000 10.0.0.4",
      "",
    ].join("\n"),
  ).map((replica) => [replica.address, replica]),
);

/** What is counted of lines of the log: status, then the tries' addresses, statuses and times. */
function count(
  ...lines: [status: number, addresses: string, statuses: string, times: string, times?: number][]
) {
  const counters = new Map<string, number>();
  for (const [status, addresses, statuses, seconds, times = 1] of lines) {
    const line = [status, "0.1", "100", "-", "0", addresses, statuses, seconds].join("\t");
    compareTries(parseLine(line), times, { step, replicas }, (key, by) => {
      counters.set(key, (counters.get(key) ?? 0) + by);
    });
  }
  return summarizeStep(step, counters);
}

test("old and new replicas of the same number are told apart", () => {
  const {
    id,
    pools,
    replicas: each,
  } = count(
    [200, "10.0.0.1:3000", "200", "0.020", 9],
    [200, "10.0.0.2:3000", "200", "0.020"],
    [500, "10.0.0.3:3000", "500", "0.500"],
  );
  expect(id).toBe("17-0");
  expect(pools.api?.old).toEqual({ requests: 9, failed: 0, classes: { [fineClassOf(0.02)]: 9 } });
  expect(pools.api?.fresh).toEqual({
    requests: 2,
    failed: 1,
    classes: { [fineClassOf(0.02)]: 1, [fineClassOf(0.5)]: 1 },
  });
  expect(each).toEqual({
    "new-1:3000": { requests: 1, failed: 0 },
    "new-2:3000": { requests: 1, failed: 1 },
  });
});

test("a failure that another replica made good is one of who failed", () => {
  const { pools } = count([200, "10.0.0.2:3000, 10.0.0.1:3000", "502, 200", "0.001, 0.020"]);
  expect(pools.api).toMatchObject({ fresh: { requests: 1, failed: 1 }, old: { requests: 1, failed: 0 } });
});

test("time-outs and refused connections are failures, and what a client gave up is none", () => {
  const { pools } = count(
    [504, "10.0.0.2:3000", "504", "20.0"],
    [502, "10.0.0.2:3000", "502", "0.0"],
    [499, "10.0.0.2:3000", "-", "5.0"],
    [404, "10.0.0.2:3000", "404", "0.0"],
  );
  expect(pools.api?.fresh).toMatchObject({ requests: 4, failed: 2 });
});

test("streams, other pools and answers of the balancer itself compare nothing", () => {
  const { pools } = count(
    [101, "10.0.0.2:3000", "101", "60.0"],
    [500, "10.0.0.4:3000", "500", "0.1"],
    [200, "-", "-", "-"],
    [502, "api", "502", "0.0"],
  );
  const nothing = { requests: 0, failed: 0, classes: {} };
  expect(pools).toEqual({ api: { fresh: nothing, old: nothing } });
});

test("what was counted in another step is not of this one", () => {
  const counters = new Map([["canary\t16-0\tclass\tapi\tfresh\t3", 5]]);
  expect(summarizeStep(step, counters).pools.api?.fresh.requests).toBe(0);
});
