import { describe, expect, test } from "vitest";
import { canDraw, openScreen } from "../../../cli/progress/screen";
import { fit, toLine, widthOf } from "../../../cli/progress/width";

/** A terminal that knows the few marks that we use. */
function fakeTerminal(columns: number, rows: number) {
  const lines: string[] = [""];
  let [row, column] = [0, 0];
  let isCursorShown = true;
  const put = (letter: string): void => {
    if (column === terminal.columns) [row, column] = [row + 1, 0];
    lines[row] =
      (lines[row] ?? "").padEnd(column).slice(0, column) + letter + (lines[row] ?? "").slice(column + 1);
    column += 1;
  };
  const obey = (mark: string): void => {
    const [, number = "", letter = ""] = /^\u001B\[\??(\d*)(\w)$/u.exec(mark) ?? [];
    if (letter === "A") row = Math.max(0, row - Number(number));
    else if (letter === "K") lines[row] = (lines[row] ?? "").slice(0, column);
    else if (letter === "J") lines.splice(row, Infinity, (lines[row] ?? "").slice(0, column));
    else if (number === "25") isCursorShown = letter === "h";
  };
  const terminal = {
    ...{ columns, rows },
    write: (text: string) => {
      for (const piece of text.match(/\u001B\[\??\d*\w|[^]/gu) ?? []) {
        if (piece.length > 1) obey(piece);
        else if (piece === "\r") column = 0;
        else if (piece === "\n") [row, column] = [row + 1, 0];
        else put(piece);
      }
      return true;
    },
  };
  return {
    terminal,
    text: () => lines.join("\n").trimEnd(),
    isCursorShown: () => isCursorShown,
  };
}

describe("a screen", () => {
  test("draws in the place of what was there, and clears what is shorter", () => {
    const { terminal, text, isCursorShown } = fakeTerminal(80, 24);
    terminal.write("$ npm run up\n");
    const screen = openScreen(terminal);
    screen.draw(["dev, 1 s", "  api-1 starting", "  api-2 starting"]);
    screen.draw(["dev, 2 s", "  api-1 up"]);
    expect(text()).toBe("$ npm run up\ndev, 2 s\n  api-1 up");
    expect(isCursorShown()).toBe(false);
    screen.close();
    expect(isCursorShown()).toBe(true);
  });

  test("prints above the lines, where it stays", () => {
    const { terminal, text } = fakeTerminal(80, 24);
    const screen = openScreen(terminal);
    screen.draw(["dev, 1 s", "  api-1"]);
    screen.print("warning: slow");
    screen.draw(["dev, 2 s"]);
    screen.close();
    expect(text()).toBe("warning: slow\ndev, 2 s");
  });

  test("goes back over lines that a narrower terminal has broken", () => {
    const { terminal } = fakeTerminal(20, 24);
    const written: string[] = [];
    const screen = openScreen({ ...terminal, write: (part) => written.push(part) });
    screen.draw(["x".repeat(50), "y"]);
    screen.draw(["z"]);
    screen.close();
    expect(written[2]).toContain("\u001B[4A");
  });

  test.each([
    ["a terminal", {}, {}, true],
    ["a pipe", { isTTY: false }, {}, false],
    ["NO_COLOR", {}, { NO_COLOR: "1" }, false],
    ["a terminal that knows nothing", {}, { TERM: "dumb" }, false],
    ["a runner of CI", {}, { CI: "true" }, false],
    ["a narrow terminal", { columns: 30 }, {}, false],
    ["a low terminal", { rows: 5 }, {}, false],
  ])("is for %s: %o %o %s", (_, stream, environment, can) => {
    expect(canDraw({ isTTY: true, columns: 80, rows: 24, ...stream }, environment)).toBe(can);
  });
});

test("texts are measured by the columns that they take", () => {
  expect(widthOf("\u001B[36mapi\u001B[39m")).toBe(3);
  expect([widthOf("日本"), widthOf("e\u0301"), widthOf("🚀")]).toEqual([4, 1, 2]);
  expect(fit("a long name", 6)).toBe("a lon…");
  expect(fit("日本語", 4)).toBe("日…");
  expect(toLine("two\nlines\u001B[2J")).toBe("two lines [2J");
});
