import { rmSync } from "node:fs";
import { throughInterrupts } from "../operator/interrupt";
import type { Ended } from "../processes";
import { type Board, applyEvent, emptyBoard } from "./board";
import { followEngineLog } from "./engine-log";
import type { Ending } from "./event";
import { createTranslator } from "./happening";
import { type Look, openView } from "./view";

/** A run of Pulumi that has made or removed something, or has failed. */
export interface Deed {
  ok: boolean;
  board: Board;
  /** How it ended; undefined where it did not begin, or was killed. */
  ending: Ending | undefined;
  milliseconds: number;
  isInterrupted: boolean;
  /** Pulumi's words on standard error, where nobody has seen them. */
  text: string;
}

/** How a run is watched. */
export interface Watching {
  /** Pulumi's log of events. */
  file: string;
  /** The stack, and the command. */
  title: string;
  /** Undefined where Pulumi shows it itself. */
  look: Look | undefined;
  /** Whether it goes on when the user wants an end, until that is said again. */
  endures?: boolean;
}

/** Runs Pulumi, and shows what it does as far as its log of events says so. */
export async function watchRun(
  { file, title, look, endures = false }: Watching,
  run: () => Promise<Ended>,
): Promise<Deed> {
  // A preview may have written into it before.
  rmSync(file, { force: true });
  const begun = Date.now();
  const translate = createTranslator();
  const view = look === undefined ? undefined : openView(look, title);
  let [board, ending, isInterrupted]: [Board, Ending | undefined, boolean] = [emptyBoard, undefined, false];
  let isDeaf = endures;
  const release = throughInterrupts(() => {
    if (isDeaf) {
      isDeaf = false;
      return;
    }
    isInterrupted = true;
    view?.interrupt();
  });
  const finish = followEngineLog(file, (engineEvent) => {
    const at = Date.now();
    for (const event of translate(engineEvent)) {
      const next = applyEvent(board, event, at);
      if (event.type === "ending") ending = event;
      // What is said again is told once.
      if (event.type !== "saying" || next !== board) view?.take(event, next, at);
      board = next;
    }
  });
  const { code, text } = await run();
  finish();
  view?.close(board);
  release();
  return { ok: code === 0, board, ending, milliseconds: Date.now() - begun, isInterrupted, text };
}
