import { widthOf } from "./width";

/** A part of a terminal, its last lines, that is drawn again and again. */
export interface Screen {
  /** Draws lines in the place of those of before. */
  draw(lines: string[]): void;
  /** Writes a text above the lines, where it stays. */
  print(text: string): void;
  /** Leaves the lines as they are, and the terminal as it was. */
  close(): void;
}

/** A terminal, as far as it is needed. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";
/** Terminals that know these show what is between them at once; others pass over them. */
const [begin, end] = ["\u001B[?2026h", "\u001B[?2026l"];
const clearLine = "\u001B[K";
const clearBelow = "\u001B[J";

/** Begins to draw at the cursor. */
export function openScreen(terminal: Terminal): Screen {
  let drawn: string[] = [];
  let isOpen = true;
  const restore = (): void => {
    if (!isOpen) return;
    isOpen = false;
    terminal.write(showCursor);
    process.off("exit", restore);
  };
  process.on("exit", restore);
  terminal.write(hideCursor);
  const back = (): string => {
    const rows = countRows(drawn, terminal.columns);
    return rows === 0 ? "\r" : `\r\u001B[${rows}A`;
  };
  const render = (lines: string[]): string => lines.map((line) => `${line}${clearLine}\n`).join("");
  return {
    draw: (lines) => {
      terminal.write(`${begin}${back()}${render(lines)}${clearBelow}${end}`);
      drawn = lines;
    },
    print: (text) => {
      terminal.write(`${begin}${back()}${clearBelow}${text}\n${render(drawn)}${end}`);
    },
    close: restore,
  };
}

/** Rows that lines take: a terminal that was made narrower since has broken them. */
function countRows(lines: string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns))), 0);
}

/** Least columns and rows of a terminal on which a tree can be read. */
const least = { columns: 40, rows: 8 };

/** Whether lines can be drawn again and again on a stream. */
export function canDraw(
  stream: Partial<Terminal> & { isTTY?: boolean },
  { NO_COLOR, TERM, CI }: NodeJS.ProcessEnv,
): boolean {
  const { isTTY = false, columns = 0, rows = 0 } = stream;
  if (!isTTY || NO_COLOR || TERM === "dumb" || CI) return false;
  return columns >= least.columns && rows >= least.rows;
}
