import { describe, expect, test } from "vitest";
import { chooseTicks } from "../../../cli/page/axes";
import { listRuns } from "../../../cli/page/bands";
import { drawBars, drawBoundedBars } from "../../../cli/page/bars";
import { renderFrame, renderHtmlTable } from "../../../cli/page/frame";
import { drawLines } from "../../../cli/page/lines";
import { expectWholePage, findOpenTags } from "../../support/html";

test.each([
  [0, [0, 1]],
  [1, [0, 0.25, 0.5, 0.75, 1]],
  [7, [0, 2, 4, 6, 8]],
  [100, [0, 25, 50, 75, 100]],
  [0.0032, [0, 0.001, 0.002, 0.003, 0.004]],
])("an axis up to %d has these values", (most, ticks) => {
  expect(chooseTicks(most)).toEqual(ticks);
});

test("values that follow each other without a change are one run", () => {
  const points: [number, number | null][] = [
    [0, 1],
    [10, 1],
    [20, 0],
    [30, null],
    [40, 0],
  ];
  expect(listRuns(points, 50)).toEqual([
    [0, 20, 1],
    [20, 30, 0],
    [40, 50, 0],
  ]);
});

test("a line has a gap where a value is missing", () => {
  const points: [number, number | null][] = [
    [0, 0],
    [1, 1],
    [2, null],
    [3, 1],
  ];
  const [path] = drawLines({
    label: "",
    lines: [{ name: "a", points }],
    formatX: String,
    formatY: String,
  }).filter((line) => line.startsWith("<path"));
  expect(path).toContain('d="M62 192L197.3 10M468 10"');
});

describe("a page", () => {
  test("is whole, with texts as they are", () => {
    const text = `<b> & "c"`;
    const page = renderFrame(text, [
      ...renderHtmlTable([text], [[text]]),
      ...drawBars(text, [{ name: text, value: 1 }]),
      ...drawBoundedBars(text, [{ name: text, value: 1, expected: 2, tolerance: 1 }]),
      ...drawLines({ label: text, lines: [], formatX: () => text, formatY: () => text }),
    ]);
    expectWholePage(page);
    expect(page).not.toContain("<b>");
  });

  test("that is not whole is found out", () => {
    expect(findOpenTags("<div><p>a</div></p>")).toEqual([
      "</div> closes something else",
      "</p> closes something else",
    ]);
    expect(findOpenTags("<div>")).toEqual(["<div> is not closed"]);
    expect(findOpenTags("<p>1 < 2</p>")).toEqual(["a stray <"]);
    expect(findOpenTags("<p />")).toEqual(["<p /> has no end"]);
  });
});
