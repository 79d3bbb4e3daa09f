import { describe, expect, test } from "vitest";
import { decide, type Decision } from "../../../cli/autoscale/decide";
import { makeTeller } from "../../../cli/autoscale/teller";
import { describeDecision, describeMessage, renderHappening } from "../../../cli/autoscale/text";
import type { Happening } from "../../../cli/autoscale/loop";
import { plain } from "../../../cli/operator/style";
import { makeLook, makePool, noon } from "./support";

const at = "2026-11-28T12:00:00Z";

function decideOn(
  figures: Parameters<typeof makeLook>[0],
  own: Partial<Parameters<typeof makePool>[0]> = {},
): Decision {
  return decide(makePool({ upAfterSeconds: 0, ...own }), makeLook(figures), undefined).decision;
}

describe("a decision in a line", () => {
  test.each<[Parameters<typeof makeLook>[0], string]>([
    [{ cpu: 91.4 }, "api: 2 → 3, CPU 91 % > 70 %"],
    [{ response: 2.345 }, "api: 2 → 3, P95 2.35 s > 2 s"],
    [{ errors: 4 }, "api: 2 → 3, errors 4 % > 1 %"],
    [{ memory: 93 }, "api: 2 → 3, memory 93 % > 80 %"],
    [{ replicas: 9 }, "api: 9 → 8, its bounds are 1 to 8"],
    [{ cpu: 12 }, "api: 2 → 1 in 300 s if it stays so, CPU 12 % ≤ 70 %"],
    [{}, "api stays at 2: CPU 50 %, requests a minute of each 100, memory 40 %, P95 0.05 s, errors 0 %"],
    [
      { response: null, errors: null },
      "api stays at 2: CPU 50 %, requests a minute of each 100, memory 40 %",
    ],
    [
      { well: 0, cpu: null, memory: null },
      "api stays at 2: none of them serves, so there is nothing to go by",
    ],
    [
      { cpu: null, memory: null, response: null, errors: null },
      "api stays at 2: there are no figures to go by",
    ],
  ])("%j", (figures, line) => {
    expect(describeDecision(decideOn(figures), false)).toBe(line);
  });

  test("by a schedule, and where it is only said", () => {
    const schedule = [{ from: "0 11 * * *", until: "0 13 * * *", min: 4 }];
    const decision = decideOn({}, { schedule });
    expect(describeDecision(decision, true)).toBe("api: would go 2 → 4, the schedule has 4 to 8");
    expect(describeMessage([decision, decideOn({ cpu: 90 })])).toBe(
      "autoscale: api 2 → 4, the schedule has 4 to 8; api 2 → 3, CPU 90 % > 70 %",
    );
  });
});

/** What is written of happenings, one after the other. */
function write(happenings: (Happening | Decision)[]): string[] {
  const lines: string[] = [];
  const tell = makeTeller((line) => lines.push(line), plain, false);
  for (const each of happenings) tell("event" in each ? each : { event: "look", decision: each }, noon);
  return lines.map((line) => line.replace(`${at}  `, ""));
}

describe("for people", () => {
  test("what stays as it is is said once, whatever the figures", () => {
    const lines = write([50, 52, 49, 12, 13, 52].map((cpu) => decideOn({ cpu })));
    expect(lines.map((line) => line.slice(0, 20))).toEqual([
      "api stays at 2: CPU ",
      "api: 2 → 1 in 300 s ",
      "api stays at 2: CPU ",
    ]);
  });

  test("a deployment and its failure are said each time, a wait and a silent engine once", () => {
    const waits: Happening = { event: "waits", why: "locked by x" };
    const blind: Happening = { event: "blind", why: "The engine is gone." };
    const failed: Happening = { event: "failed", why: "api-2 is not healthy", again: noon + 30_000 };
    const step = decideOn({ cpu: 90 });
    expect(
      write([
        ...[step, waits, step, waits, step],
        { event: "deployed", counts: { api: 3 }, seconds: 12.3 },
        ...[step, failed, step, failed, blind, blind, decideOn({}), blind],
      ]),
    ).toEqual([
      "api: 2 → 3, CPU 90 % > 70 %",
      "waits: locked by x",
      "api has 3 after 12.3 s",
      "api: 2 → 3, CPU 90 % > 70 %",
      "api-2 is not healthy\nIt tries again at 12:00:30Z.",
      "api: 2 → 3, CPU 90 % > 70 %",
      "api-2 is not healthy\nIt tries again at 12:00:30Z.",
      "The engine is gone.",
      "api stays at 2: CPU 50 %, requests a minute of each 100, memory 40 %, P95 0.05 s, errors 0 %",
      "The engine is gone.",
    ]);
  });

  test("a figure that cannot be had is said once, and not where it is back at once", () => {
    const lack = decideOn({ errors: null });
    const remarks = (happenings: Decision[]) =>
      write(happenings).filter((line) => line.includes("cannot be had"));
    expect(remarks([lack, lack, decideOn({}), lack, lack])).toEqual([]);
    expect(remarks([lack, lack, lack, lack, lack])).toEqual([
      "api: the figure of errors cannot be had, so that it gets no fewer replicas",
    ]);
  });

  test("a figure that is not followed is said once, until it is good again", () => {
    const vain: Decision = { ...decideOn({}), inVain: ["memory"] };
    const lines = write([vain, vain, decideOn({}), vain]).filter((line) => line.includes("not helped"));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(
      "api: more replicas have not helped: memory is still above its target; give them more limits.memoryMiB, or look for what they keep. It is not followed until it is good again, or the load has grown",
    );
  });
});

test("for programs, each look is a line", () => {
  expect(JSON.parse(renderHappening({ event: "look", decision: decideOn({ cpu: 90 }) }, noon))).toEqual({
    ...{ at: "2026-11-28T12:00:00.000Z", event: "look", pool: "api", from: 2, to: 3, wished: 3, waits: null },
    because: { by: "cpu", measured: 90, target: 70 },
    well: 2,
    figures: { cpu: 90, requests: 100, memory: 40, response: 0.05, errors: 0 },
    ...{ missing: [], inVain: [] },
  });
  expect(JSON.parse(renderHappening({ event: "failed", why: "x", again: noon }, noon))).toEqual({
    ...{ at: "2026-11-28T12:00:00.000Z", event: "failed", why: "x", again: "2026-11-28T12:00:00.000Z" },
  });
});
