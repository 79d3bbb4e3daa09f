import type { Ended } from "../processes";
import { type Board, applyEvent, emptyBoard } from "./board";
import { followEngineLog } from "./engine-log";
import { createTranslator, type Ending } from "./happening";
import { type Look, openView } from "./view";

/** A run of Pulumi that has made or removed something, or has failed. */
export interface Deed {
  ok: boolean;
  board: Board;
  /** How it ended; undefined where it did not begin, or was killed. */
  ending: Ending | undefined;
  milliseconds: number;
  isInterrupted: boolean;
  /** What Pulumi said on standard error, where nobody has seen it. */
  text: string;
}

/** How a run is watched. */
export interface Watching {
  /** Pulumi's log of events. */
  file: string;
  /** What is done, and to which stack. */
  title: string;
  /** Undefined where Pulumi shows it itself. */
  look: Look | undefined;
}

/** Runs Pulumi, and shows what it does as far as its log of events says so. */
export async function watchRun({ file, title, look }: Watching, run: () => Promise<Ended>): Promise<Deed> {
  const begun = Date.now();
  const translate = createTranslator();
  const view = look === undefined ? undefined : openView(look, title);
  let [board, ending, isInterrupted]: [Board, Ending | undefined, boolean] = [emptyBoard, undefined, false];
  const interrupt = (): void => {
    isInterrupted = true;
    view?.interrupt();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const finish = followEngineLog(file, (engineEvent) => {
    const at = Date.now();
    for (const event of translate(engineEvent)) {
      board = applyEvent(board, event, at);
      if (event.type === "ending") ending = event;
      view?.take(event, board, at);
    }
  });
  const { code, text } = await run();
  finish();
  view?.close(board);
  process.off("SIGINT", interrupt);
  process.off("SIGTERM", interrupt);
  return { ok: code === 0, board, ending, milliseconds: Date.now() - begun, isInterrupted, text };
}
