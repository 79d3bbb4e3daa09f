import { choosePaint, type Paint, plain } from "../operator/style";
import { type Board, emptyBoard } from "./board";
import type { Event } from "./event";
import { renderEventLine } from "./json-lines";
import { describeEvent, describeInterrupt, describeWaits } from "./lines";
import { canDraw, openScreen, type Screen } from "./screen";
import { renderTree } from "./tree";
import { fit } from "./width";
import { showSeconds } from "./words";

/** Shows how an update goes on. */
export interface View {
  /** Something has happened; the board has it already. */
  take(event: Event, board: Board, at: number): void;
  /** The user has asked for an end. */
  interrupt(): void;
  /** Nothing happens any more. */
  close(board: Board): void;
}

/** How an update is shown. */
export type Look = "terminal" | "lines" | "beside" | "json";

/** How an update is shown where nothing else is asked for. */
export function chooseLook(
  { json, isQuiet }: { json: boolean; isQuiet: boolean },
  environment = process.env,
): Look {
  if (json) return "json";
  if (isQuiet) return "beside";
  return canDraw(process.stdout, environment) ? "terminal" : "lines";
}

/** Opens a view of what is done to a stack. */
export function openView(look: Look, title: string): View {
  switch (look) {
    case "terminal":
      return drawTree(openScreen(process.stdout), title);
    case "lines":
      return printLines((line) => process.stdout.write(`${line}\n`));
    case "beside":
      return printLines((line) => process.stderr.write(`${line}\n`));
    case "json":
      return printJson();
  }
}

/** For programs: beside the result, which is alone on standard output. */
function printJson(): View {
  return {
    take: (event, _, at) => {
      const line = renderEventLine(event, at);
      if (line !== undefined) process.stderr.write(`${line}\n`);
    },
    interrupt: () => undefined,
    close: () => undefined,
  };
}

/** Milliseconds without a line after which one says what is waited for: some hosts end what is silent. */
const silence = 30_000;

/** A line for each change of state, for logs. */
function printLines(write: (line: string) => void): View {
  const begun = Date.now();
  let [shown, last]: [Board, number] = [emptyBoard, begun];
  const say = (text: string, at: number): void => {
    last = at;
    write(`${showClock(at - begun)}  ${text}`);
  };
  const timer = setInterval(() => {
    const now = Date.now();
    const waits = describeWaits(shown, now) || "Pulumi and the program";
    if (now - last >= silence) say(`waits for ${waits}`, now);
  }, 1000);
  return {
    take: (event, board, at) => {
      shown = board;
      const line = describeEvent(event, board);
      if (line !== undefined) say(line, at);
    },
    interrupt: () => {
      const now = Date.now();
      for (const line of describeInterrupt(shown, now)) say(line, now);
    },
    close: () => {
      clearInterval(timer);
    },
  };
}

function showClock(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
}

/** Milliseconds between two frames: seconds are counted. */
const frame = 250;

/** A tree that is drawn again and again, at a terminal. */
function drawTree(screen: Screen, title: string): View {
  const begun = Date.now();
  const paint: Paint = choosePaint();
  let [shown, isInterrupted]: [Board, boolean] = [emptyBoard, false];
  const draw = (): void => {
    const at = Date.now();
    const room = { columns: process.stdout.columns - 1, rows: process.stdout.rows - 1 };
    const head = `${title}, ${showSeconds(at - begun).replace(/\.\d/, "")}`;
    const last = isInterrupted
      ? describeInterrupt(shown, at).map((line) => paint("yellow", fit(line, room.columns)))
      : [];
    screen.draw([
      ...renderTree(shown, { head, at, room: { ...room, rows: room.rows - last.length }, paint }),
      ...last,
    ]);
  };
  draw();
  const timer = setInterval(draw, frame);
  return {
    take: (event, board) => {
      shown = board;
      if (event.type === "saying" && event.severity === "warning")
        screen.print(`${paint("yellow", "warning:")} ${event.text}`);
    },
    interrupt: () => {
      isInterrupted = true;
      draw();
    },
    close: (board) => {
      clearInterval(timer);
      const at = Date.now();
      const room = { columns: process.stdout.columns - 1, rows: process.stdout.rows - 1 };
      // The head said how long it has taken so far, which the end says too.
      const lines = renderTree(board, { head: "", at, room, paint: isFailed(board) ? paint : plain });
      screen.draw(lines.slice(1));
      screen.close();
    },
  };
}

function isFailed({ errors }: Board): boolean {
  return errors.length > 0;
}
