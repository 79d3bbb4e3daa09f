import type { Measure, PoolLook } from "./look";
import type { Wish } from "./wishes";

// More replicas share processors and requests. Memory, the time of answers and errors may have causes that they do not touch: a
// leak, a slow database, a bad version. What they did not help once is not followed further, or it would lead to the most there may be.

/** A step up that was made for the sake of such a figure. */
export interface Trial {
  /** Replicas before it. */
  from: number;
  /** The load at that time. */
  load: number;
  /** Whether it is known to have helped nothing. */
  isVain: boolean;
}

/** Trials by their measures. */
export type Trials = Partial<Record<Measure, Trial>>;

/** Whether a figure may have causes that more replicas do not touch. */
export function isDoubtful(by: string): by is Measure {
  return by === "memory" || by === "response" || by === "errors";
}

/** The whole load of a pool; of one that gets no requests, its processors in percent. */
export function loadOf({ load, figures, well }: PoolLook): number {
  return load ?? (figures.cpu ?? 0) * well;
}

/** Whether a load is about what it was at a trial, or less. */
function isNoMore(look: PoolLook, { load }: Trial): boolean {
  return loadOf(look) <= load * 1.2 + 20;
}

/** Whether a figure is above its target although more replicas have the load of before, or less. */
export function wasInVain(trial: Trial | undefined, look: PoolLook): boolean {
  return trial !== undefined && look.replicas > trial.from && isNoMore(look, trial);
}

/** Drops trials that say nothing any more: of another load, or of a figure that is good again. */
export function forgive(trials: Trials, wishes: Wish[], look: PoolLook, isLong: boolean): Trials {
  return Object.fromEntries(
    Object.entries(trials).filter(([name, trial]) => {
      const wish = wishes.find(({ by }) => by === name);
      if (wish === undefined || !isNoMore(look, trial)) return false;
      const isGood = wish.measured !== null && wish.measured <= wish.target;
      // New replicas have little memory at first, whatever is to become of it.
      return !(isGood && (name === "memory" ? look.replicas <= trial.from : isLong));
    }),
  );
}
