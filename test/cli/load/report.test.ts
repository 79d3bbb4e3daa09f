import { describe, expect, test } from "vitest";
import { foldClasses, renderLoadPage } from "../../../cli/load/load-page";
import { Recorder } from "../../../cli/load/record";
import { describeMs, type LoadResult, renderLoad } from "../../../cli/load/report";
import { compareShares } from "../../../cli/load/shares";
import { plain } from "../../../cli/operator/style";
import { expectGolden } from "../../support/golden";
import { expectWholePage } from "../../support/html";

/** The same load each time: a stall in its third second, a failure, two replicas. */
function makeResult(own: Partial<LoadResult> = {}): LoadResult {
  const recorder = new Recorder();
  for (let at = 0; at < 600; at++) {
    const dueMs = at * 10;
    const isStalled = dueMs >= 2500 && dueMs < 3000;
    const route = at % 4 === 0 ? { method: "POST", target: "/orders" } : { method: "GET", target: "/" };
    const endedMs = (isStalled ? 3000 : dueMs) + 2 + (at % 17) / 4;
    const ending =
      at === 299
        ? { error: "timeout" }
        : { status: at % 100 === 0 ? 404 : 200, servedBy: `api-${(at % 2) + 1}` };
    recorder.add({ route, dueMs, sentMs: dueMs, endedMs, ...ending });
  }
  const summary = recorder.summarize();
  const members = [1, 2].map((number) => ({ title: `api-${number}`, weight: 1, spare: false }));
  return {
    ...{ command: "loadtest", stack: "shop/<dev>", ok: false, at: "2026-11-27T10:00:00.000Z" },
    ...{ asked: '100 requests a second for 6 s: GET / & "POST"', durationSeconds: 6, answersPerSecond: 99.8 },
    ...summary,
    shares: compareShares(summary.replicas, [{ pool: "api", method: "round-robin", members }]),
    ...{ remarks: [], errors: [] },
    ...own,
  };
}

test("a result for people, in 80 columns", () => {
  const lines = renderLoad(makeResult(), 80, plain);
  expectGolden("cli/loadtest.txt", `${lines.join("\n")}\n`);
});

test("a page with its pictures", () => {
  const page = renderLoadPage(makeResult({ remarks: ["This machine was late."] }));
  expectWholePage(page);
  expect(page.match(/<svg /g)).toHaveLength(4);
  expect(page).toContain("Load test of shop/&lt;dev&gt;");
  expect(page).toContain("This machine was late.");
  expectGolden("cli/loadtest.html", page);
});

test("a page of a load that sent nothing is whole too", () => {
  expectWholePage(renderLoadPage(makeResult({ ...new Recorder().summarize(), shares: [] })));
});

describe("classes of a histogram are folded", () => {
  test("none is lost, and the shortest come first", () => {
    const bars = foldClasses([
      [0.5, 3],
      [0.51, 4],
      [20, 5],
      [9000, 6],
    ]);
    expect(bars.reduce((sum, { value }) => sum + value, 0)).toBe(18);
    expect(bars.length).toBeLessThanOrEqual(41);
    expect(bars[0]).toEqual({ name: "0.5 ms", value: 3 });
    expect(bars.at(-1)?.value).toBe(6);
  });

  test("one alone is one bar", () => {
    expect(foldClasses([[3, 9]]).filter(({ value }) => value > 0)).toEqual([{ name: "3.0 ms", value: 9 }]);
  });
});

test.each([
  [0.123, "0.1 ms"],
  [99.94, "99.9 ms"],
  [100.4, "100 ms"],
  [12_345, "12.3 s"],
])("%d ms are read as %s", (milliseconds, text) => {
  expect(describeMs(milliseconds)).toBe(text);
});
