import { describe, expect, test } from "vitest";

import { describeFailures, findPercentile, Recorder, type Outcome } from "./report";

function record(recorder: Recorder, outcome: Partial<Outcome> = {}): void {
  const complete: Outcome = {
    ...{ kind: "busyGet", method: "GET", startedMs: 0, endedMs: 10, answered: true, connected: false },
    ...outcome,
  };
  recorder.sent(complete.kind, complete.method);
  recorder.ended(complete);
}

describe("findPercentile", () => {
  const countLatencies = (...counts: [latency: number, count: number][]) => new Map(counts);
  const tenToHundred = new Map([100, 20, 30, 40, 50, 60, 70, 80, 90, 10].map((latency) => [latency, 1]));

  test.each([
    ["the middle of ten", tenToHundred, 0.5, 50],
    ["the 95th of ten", tenToHundred, 0.95, 100],
    ["a single value", countLatencies([7, 1]), 0.99, 7],
    ["the common value", countLatencies([3, 99], [900, 1]), 0.99, 3],
    ["the rare value", countLatencies([3, 98], [900, 2]), 0.99, 900],
    ["nothing", countLatencies(), 0.5, 0],
  ])("finds %s", (_, latencies, share, expected) => {
    expect(findPercentile(latencies, share)).toBe(expected);
  });
});

describe("Recorder", () => {
  test("reports nothing before the first request", () => {
    const nothing = { sent: 0, failed: 0, slowestMs: 0, slowestBeyondMs: 0 };
    expect(new Recorder().report(1500)).toEqual({
      ...{ seconds: 1.5, sent: 0, answered: 0, ok: 0, failed: 0, failures: {} },
      ...{ rows: [], instances: {}, versions: {}, firstFailures: [], outageSeconds: 0 },
      phases: { before: nothing, during: nothing, after: nothing },
    });
  });

  test("counts what was under way during the operation apart from what was before and after it", () => {
    const recorder = new Recorder();
    record(recorder, { startedMs: 0, endedMs: 99, reason: "cut" });
    recorder.enter("during", 100);
    record(recorder, { startedMs: 50, endedMs: 150 });
    record(recorder, { kind: "slow", startedMs: 150, endedMs: 2250, askedMs: 2000 });
    record(recorder, { startedMs: 2400, endedMs: 3300, reason: "status 502" });
    recorder.enter("after", 3000);
    record(recorder, { startedMs: 3000, endedMs: 3010 });

    const { phases, outageSeconds } = recorder.report(4000);

    expect(phases).toEqual({
      before: { sent: 1, failed: 1, slowestMs: 99, slowestBeyondMs: 99 },
      during: { sent: 3, failed: 1, slowestMs: 2100, slowestBeyondMs: 900 },
      after: { sent: 1, failed: 0, slowestMs: 10, slowestBeyondMs: 10 },
    });
    expect(outageSeconds).toBe(2.301);
  });

  test("keeps a row per kind and method, in the order of the kinds", () => {
    const recorder = new Recorder();
    record(recorder, { kind: "fresh", connected: true });
    record(recorder, { kind: "slow", method: "POST", endedMs: 2000.4 });
    record(recorder, { kind: "slow", method: "GET", endedMs: 2010 });
    record(recorder, { kind: "slow", method: "GET", endedMs: 2020, reason: "status 502" });

    const { rows } = recorder.report(3000);

    expect(rows.map(({ kind, method, sent }) => [kind, method, sent])).toEqual([
      ["slow", "GET", 2],
      ["slow", "POST", 1],
      ["fresh", "GET", 1],
    ]);
    expect(rows[0]).toEqual({
      ...{ kind: "slow", method: "GET", sent: 2, ok: 1, failed: 1, failures: { "status 502": 1 } },
      ...{ connections: 0, p50Ms: 2010, p95Ms: 2020, p99Ms: 2020, slowestMs: 2020 },
    });
    expect(rows[2]?.connections).toBe(1);
  });

  test("counts a request under way as sent, neither good nor failed", () => {
    const recorder = new Recorder();
    record(recorder);
    recorder.sent("busyGet", "GET");

    expect(recorder.report(10)).toMatchObject({ sent: 2, answered: 1, ok: 1, failed: 0 });
  });

  test("counts failures by reason over all rows", () => {
    const recorder = new Recorder();
    record(recorder);
    record(recorder, { reason: "status 502" });
    record(recorder, { kind: "busyPost", method: "POST", reason: "status 502" });
    record(recorder, { kind: "idle", reason: "ECONNRESET", answered: false });

    const report = recorder.report(10);

    expect(report).toMatchObject({ sent: 4, answered: 3, ok: 1, failed: 3 });
    expect(report.failures).toEqual({ "status 502": 2, ECONNRESET: 1 });
    expect(describeFailures(report)).toBe("3 of 4 requests failed: 2 × status 502, 1 × ECONNRESET");
  });

  test("counts by instance and by version, with the first and last second of a version", () => {
    const recorder = new Recorder();
    record(recorder, { endedMs: 100, instance: "api-1", version: "1" });
    record(recorder, { endedMs: 900, instance: "api-2", version: "2" });
    record(recorder, { endedMs: 1200, instance: "api-1", version: "1" });
    record(recorder, { endedMs: 1300, reason: "status 502" });

    const report = recorder.report(2000);

    expect(report.instances).toEqual({ "api-1": 2, "api-2": 1 });
    expect(report.versions).toEqual({
      1: { count: 2, firstSecond: 0.1, lastSecond: 1.2 },
      2: { count: 1, firstSecond: 0.9, lastSecond: 0.9 },
    });
  });

  test("keeps the first 20 failures with the instance where known", () => {
    const recorder = new Recorder();
    record(recorder, { endedMs: 250, reason: "cut", instance: "api-1" });
    for (let count = 0; count < 30; count += 1) record(recorder, { endedMs: 500, reason: "timeout" });

    const { firstFailures } = recorder.report(1000);

    expect(firstFailures).toHaveLength(20);
    expect(firstFailures[0]).toMatchObject({ second: 0.25, reason: "cut", instance: "api-1" });
    expect(firstFailures[1]).toEqual({ second: 0.5, kind: "busyGet", method: "GET", reason: "timeout" });
  });

  test("gives reports that later requests do not change", () => {
    const recorder = new Recorder();
    record(recorder, { version: "1" });
    const early = recorder.report(10);
    record(recorder, { version: "1", reason: "cut" });

    expect(early).toMatchObject({ sent: 1, failed: 0, firstFailures: [], versions: { 1: { count: 1 } } });
  });
});
