import { describe, expect, test } from "vitest";
import { outage, postsUnderWay, type Evidence } from "../engine/support/exceptions";
import { settle, type Execution } from "./ledger";
import { Recorder, type Outcome } from "./report";

const killed = { container: "aaaaaaaaaaaa1234", atMs: 5000 };

function gather(
  outcomes: Partial<Outcome>[],
  executions: Execution[] | undefined,
  deaths = [killed],
): Evidence {
  const recorder = new Recorder();
  for (const outcome of outcomes)
    recorder.ended({
      ...{ kind: "busyPost", method: "POST", startedMs: 0, endedMs: 10, answered: true, connected: false },
      ...outcome,
    });
  const report = { ...recorder.report(9000), load: "a", startedAt: 0, numbered: recorder.numbered };
  const account = executions === undefined ? undefined : settle(report.numbered, executions);
  return { report, account, deaths };
}

describe("POSTs under way on a replica that dies may fail", () => {
  const exception = postsUnderWay("they must not be repeated", "stack");
  const failed = (number: number, startedMs: number, endedMs: number): Partial<Outcome> => ({
    ...{ number, startedMs, endedMs, reason: "status 502" },
  });
  const underWay = failed(1, 4900, 5010);

  test.each<[string, Partial<Outcome>[], Execution[] | undefined, string | undefined]>([
    ["one that it carried out", [underWay], [{ number: 1, place: "aaaaaaaaaaaa" }], undefined],
    ["one that arrived nowhere", [underWay], [], undefined],
    ["one of an application without a record", [underWay], undefined, undefined],
    [
      "one that another replica carried out",
      [underWay],
      [{ number: 1, place: "bbbbbbbbbbbb" }],
      "1 POSTs failed that were not",
    ],
    ["one long before", [failed(1, 3000, 3900)], [], "1 POSTs failed that were not"],
    ["one long after", [failed(1, 6100, 6200)], undefined, "1 POSTs failed that were not"],
    [
      "one client's, again and again",
      [underWay, failed(2, 5020, 5030), failed(3, 5050, 5060)],
      [],
      "3 POSTs failed, but only 1 were",
    ],
    ["a GET", [{ method: "GET", startedMs: 4900, endedMs: 5010, reason: "cut" }], [], "1 GETs failed"],
  ])("%s", (_, outcomes, executions, fault) => {
    const found = exception.judge(gather(outcomes, executions));
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  test("none where no replica died", () => {
    expect(exception.judge(gather([underWay], [], []))).toContain("1 POSTs failed that were not");
  });
});

describe("an outage", () => {
  const exception = outage("nobody takes them", 2);
  const from = (startedMs: number): Partial<Outcome> => ({
    startedMs,
    endedMs: startedMs + 5,
    reason: "ECONNREFUSED",
  });

  test.each<[string, Partial<Outcome>[], string | undefined]>([
    ["may be as long as it says", [from(1000), from(2900)], undefined],
    ["may not be longer", [from(1000), from(3100)], "requests failed for 2.095 s, but 2 s is the most"],
    ["must have been one", [{}], "there was no outage"],
  ])("%s", (_, outcomes, fault) => {
    const found = exception.judge(gather(outcomes, undefined));
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });
});
