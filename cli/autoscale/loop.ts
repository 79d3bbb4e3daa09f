import { type Decision, decide, type Past, type ScaledPool } from "./decide";
import type { PoolLook } from "./look";

/** The end of an attempt to deploy numbers. */
export type Outcome =
  | { is: "done"; seconds: number }
  /** Somebody else is at work, or keeps all others from it. */
  | { is: "busy"; why: string }
  /** Nothing was touched: the user wants an end, or the numbers have changed meanwhile. */
  | { is: "left" }
  | { is: "failed"; why: string };

/** All that an autoscaler tells of. */
export type Happening =
  | { event: "look"; decision: Decision }
  | { event: "deployed"; counts: Record<string, number>; seconds: number }
  | { event: "waits"; why: string }
  /** The engine or Pulumi cannot be asked. */
  | { event: "blind"; why: string }
  /** When it tries again, where it does. */
  | { event: "failed"; why: string; again: number | null };

/** A pool, and how it is. */
export interface Looked {
  pool: ScaledPool;
  look: PoolLook;
}

/** The means of an autoscaler. */
export interface Stage {
  /** Looks how the pools are since the look before, with the settings that are deployed. */
  look: () => Promise<Looked[]>;
  /** Deploys the numbers of decisions, if nothing is in the way. */
  deploy: (decisions: Decision[]) => Promise<Outcome>;
  tell: (happening: Happening) => void;
  now: () => number;
  /** Waits, but not beyond the moment at which the user wants an end. */
  wait: (milliseconds: number) => Promise<void>;
  isOver: () => boolean;
}

/** How it goes on. */
export interface Pace {
  everySeconds: number;
  /** Whether it ends when it has decided once. */
  isOnce: boolean;
  /** Whether it says what it would do, and does nothing. */
  isDry: boolean;
}

/** Seconds until it tries again what has failed once; twice as many each time, up to the most. */
const retrySeconds = { least: 30, most: 900 };

/** Looks and decides until the user ends it, or once; gives whether all went well. */
export async function autoscale(pace: Pace, stage: Stage): Promise<boolean> {
  const begun = stage.now();
  const pasts = new Map<string, Past>();
  let [failures, notBefore] = [0, 0];
  for (;;) {
    await stage.wait(pace.everySeconds * 1000);
    if (stage.isOver()) return true;
    const isGood = await step().catch((error: unknown) => {
      stage.tell({ event: "blind", why: (error as Error).message });
      return false;
    });
    if (pace.isOnce && isGood !== undefined) return isGood;
  }

  /** Looks once, and does what is to be done; gives whether it was done well, and nothing where more looks are needed for that. */
  async function step(): Promise<boolean | undefined> {
    const looked = await stage.look();
    const decisions = looked.map(({ pool, look }) => {
      const { decision, past } = decide(pool, look, pasts.get(pool.pool));
      pasts.set(pool.pool, past);
      return decision;
    });
    for (const decision of decisions) stage.tell({ event: "look", decision });
    const changes = decisions.filter(({ from, to }) => from !== to);
    if (changes.length === 0) return hasDecided(looked, decisions) ? true : undefined;
    if (pace.isDry) return true;
    if (stage.now() < notBefore) return undefined;
    return take(changes, await stage.deploy(changes));
  }

  /** Whether enough was seen to say that nothing is to be done. */
  function hasDecided(looked: Looked[], decisions: Decision[]): boolean {
    const longest = Math.max(0, ...looked.map(({ pool }) => pool.scaling.upAfterSeconds));
    return stage.now() - begun >= longest * 1000 && decisions.every(({ waits }) => waits === null);
  }

  function take(changes: Decision[], outcome: Outcome): boolean | undefined {
    if (outcome.is === "done") {
      failures = 0;
      const counts = Object.fromEntries(changes.map(({ pool, to }) => [pool, to]));
      stage.tell({ event: "deployed", counts, seconds: outcome.seconds });
      return true;
    }
    if (outcome.is === "left") return undefined;
    if (outcome.is === "busy") {
      stage.tell({ event: "waits", why: outcome.why });
      return false;
    }
    const seconds = Math.min(retrySeconds.most, retrySeconds.least * 2 ** failures);
    failures += 1;
    notBefore = stage.now() + seconds * 1000;
    stage.tell({ event: "failed", why: outcome.why, again: pace.isOnce ? null : notBefore });
    return false;
  }
}
