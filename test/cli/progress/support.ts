import { join } from "node:path";
import { applyEvent, type Board, emptyBoard } from "../../../cli/progress/board";
import { readEngineEvents } from "../../../cli/progress/engine-log";
import type { Event } from "../../../cli/progress/event";
import { createTranslator } from "../../../cli/progress/happening";

/** An event, with the board after it, and when it was: milliseconds since the first one. */
export interface Moment {
  event: Event;
  board: Board;
  at: number;
}

/** Plays a recorded log of Pulumi's events. */
export function replay(name: string): Moment[] {
  const translate = createTranslator();
  const engineEvents = readEngineEvents(join(__dirname, "logs", `${name}.jsonl`));
  const start = engineEvents[0]?.timestamp ?? 0;
  let board = emptyBoard;
  return engineEvents.flatMap((engineEvent) => {
    const at = ((engineEvent.timestamp ?? 0) - start) * 1000;
    return translate(engineEvent).map((event) => {
      board = applyEvent(board, event, at);
      return { event, board, at };
    });
  });
}

/** The board at the end of a recorded log. */
export function endOf(name: string): Board {
  return replay(name).at(-1)?.board ?? emptyBoard;
}
