import { setTimeout as wait } from "node:timers/promises";
import { untilInterrupted } from "./interrupt";

/** Seconds between two looks. */
const watchSeconds = 2;

/** Shows something once, or again and again until the user ends it: at a terminal each time in the place of before. */
export async function repeat(isWatched: boolean, look: () => Promise<string>): Promise<void> {
  const over = new AbortController();
  const release = untilInterrupted(() => {
    over.abort();
  });
  // From the upper left corner, and nothing of before.
  const clear = isWatched && process.stdout.isTTY ? "\u001b[H\u001b[2J" : "";
  do {
    process.stdout.write(`${clear}${await look()}\n`);
    if (isWatched) await wait(watchSeconds * 1000, undefined, over).catch(() => undefined);
  } while (isWatched && !over.signal.aborted);
  release();
}

/** One line each where there are several. */
export function renderJson(told: object, isOneOfSeveral = false): string {
  return JSON.stringify(told, undefined, isOneOfSeveral ? 0 : 2);
}
