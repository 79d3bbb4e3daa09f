import { Failure } from "../engine/client";
import { sleep } from "./process";

/** Begins a step that changes something, unless the work is to end; gives what it gives. */
export type Step = (begin: () => Promise<unknown>) => Promise<void>;

/**
 * Looks again and again while work is done, and once more when it is. A look that fails ends the work: the step under way is
 * finished first and no other one begins, so that whoever puts things right afterwards is the last to change them.
 */
export async function whileGood(
  look: () => Promise<void>,
  work: (step: Step) => Promise<void>,
  pauseMilliseconds = 300,
): Promise<void> {
  let isOver = false;
  let underWay: Promise<unknown> = Promise.resolve();
  const step: Step = async (begin) => {
    if (isOver) throw new Failure("The work has ended.");
    underWay = begin();
    await underWay;
  };
  const watch = async (): Promise<void> => {
    while (!isOver) {
      await look();
      await sleep(pauseMilliseconds);
    }
  };
  const working = work(step);
  try {
    await Promise.race([working, watch()]);
    await look();
  } finally {
    isOver = true;
    await underWay.catch(() => undefined);
    // What is given is the look's failure, not that of the work that was ended.
    working.catch(() => undefined);
  }
}
