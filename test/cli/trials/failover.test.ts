import { describe, expect, test } from "vitest";
import { Recorder } from "../../../cli/load/record";
import { plain } from "../../../cli/operator/style";
import { chooseVictim, type Failover, findFaults } from "../../../cli/trials/failover";
import { renderFailover } from "../../../cli/trials/failover-text";
import { makePart, shop } from "../../support/parts";

describe("the replica that is killed", () => {
  test("is the last one that is well, of the pool that is named, or of the first", () => {
    expect(chooseVictim(shop, "api", false).title).toBe("api-2");
    expect(chooseVictim(shop, "app/api", false).title).toBe("api-2");
    expect(chooseVictim(shop, undefined, false).title).toBe("api-2");
    const ill = shop.map((part) => (part.title === "api-2" ? { ...part, health: "unhealthy" } : part));
    expect(chooseVictim(ill, "api", true).title).toBe("api-1");
  });

  test("is none of a pool with one alone, unless that is agreed to", () => {
    expect(() => chooseVictim(shop, "price", false)).toThrow(
      "price has one replica that is well: while it is gone, nobody answers. Give it another one by scale, or add --yes.",
    );
    expect(chooseVictim(shop, "price", true).title).toBe("price-1");
  });

  test("is none of what takes no requests", () => {
    const parts = [...shop, makePart({ title: "mail-1", role: "worker", pool: "mail" })];
    for (const name of ["mail", "main", "apo"])
      expect(() => chooseVictim(parts, name, true)).toThrow(
        `The pool must be one that takes requests (api, price), got ${name}.`,
      );
  });

  test("is none where none is well", () => {
    const gone = shop.map((part) => ({ ...part, state: "exited" }));
    expect(() => chooseVictim(gone, "api", true)).toThrow("No replica of api is well, so none is killed.");
  });
});

function makeFailover(own: Partial<Failover> = {}): Failover {
  const recorder = new Recorder();
  for (const [method, status] of [
    ["GET", 200],
    ["GET", 200],
    ["POST", 502],
  ] as const)
    recorder.add({ route: { method, target: "/" }, dueMs: 0, sentMs: 0, endedMs: 12, status });
  const { methods, statuses, unanswered, latency } = recorder.summarize();
  return {
    ...{ pool: "api", replica: "api-2", how: "killed", methods, statuses, unanswered },
    ...{
      slowestMs: latency.max,
      secondsUntilTried: 0.4,
      secondsUntilOut: 1.2,
      secondsUntilBack: 7.3,
      ...own,
    },
  };
}

test("a failover in which POSTs failed and no GET did is well", () => {
  const done = makeFailover();
  expect(findFaults(done)).toEqual([]);
  expect(renderFailover(done, [], 80, plain)).toEqual([
    "METHOD  REQUESTS  FAILED      P50      P99",
    "GET            2       0  12.0 ms  12.0 ms",
    "POST           1       1  12.0 ms  12.0 ms",
    "",
    "answers: 200: 2, 502: 1; without an answer: none; slowest 12.0 ms",
    "the first request that api-2 failed was counted after 0.4 s",
    "the balancer did not ask api-2 any more after 1.2 s",
    "api-2 was back after 7.3 s",
    "No GET failed, and all replicas are there.",
  ]);
});

test("who is not asked about its health is noticed by requests alone", () => {
  const lines = renderFailover(makeFailover({ secondsUntilOut: null }), [], 80, plain);
  expect(lines).toContain("the first request that api-2 failed was counted after 0.4 s");
  expect(renderFailover(makeFailover({ secondsUntilTried: null }), [], 80, plain)).toContain(
    "no request was tried at api-2 while it was gone",
  );
});

test("a GET that failed and a replica that does not come back are faults", () => {
  const methods = [{ name: "GET", requests: 90, failed: 2, p50: 1, p99: 1 }];
  const faults = findFaults(makeFailover({ methods, secondsUntilBack: null }));
  expect(faults).toEqual(["2 of 90 GETs failed.", "api-2 was not back within its time."]);
});
