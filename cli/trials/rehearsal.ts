import { setTimeout as wait } from "node:timers/promises";
import { Failure, Misuse } from "../failure";
import type { Load } from "../load/load";
import type { Recorder } from "../load/record";

/** Numbers of replicas that a pool is to have, one after the other. */
export interface Plan {
  pool: string;
  counts: number[];
}

/** One of them, under load. */
export interface Step {
  replicas: number;
  /** Seconds until that many served. */
  seconds: number;
  /** From its beginning to that of the next one; of the last one, to the end. */
  requests: number;
  failed: number;
  p99Ms: number;
  slowestMs: number;
}

/** All of them. */
export interface Rehearsal {
  pool: string;
  /** The number before, which is restored at the end. */
  before: number;
  steps: Step[];
  /** Whether the pool has the number of before. */
  isRestored: boolean;
  /** Why not all was done. */
  errors: string[];
}

/** Reads `api=1,3,5,2,1`. */
export function readPlan(text: string): Plan {
  const [, pool, counts] = /^([\w-]+)=([1-9]\d{0,2}(?:,[1-9]\d{0,2})*)$/.exec(text) ?? [];
  if (pool === undefined || counts === undefined)
    throw new Misuse(
      `The plan must be a pool with its numbers of replicas, one after the other, got ${text}. Write it like api=1,3,5,2,1.`,
    );
  return { pool, counts: counts.split(",").map(Number) };
}

/** The means of a rehearsal. */
export interface Stage {
  load: Load;
  /** Gives the pool so many replicas; fails where it cannot have them. */
  scale: (replicas: number) => Promise<void>;
  /** Seconds of load at each number. */
  holdSeconds: number;
  isOver: () => boolean;
  tell: (text: string) => void;
}

/** Gives a pool one number of replicas after the other, and restores that of before, whatever happens. */
export async function rehearse({ pool, counts }: Plan, before: number, stage: Stage): Promise<Rehearsal> {
  const { load, scale, holdSeconds, isOver, tell } = stage;
  const done: (Pick<Step, "replicas" | "seconds"> & { recorder: Recorder })[] = [];
  const errors: string[] = [];
  let isRestored = true;
  try {
    for (const replicas of counts) {
      if (isOver()) throw new Failure("It was ended before its time.");
      tell(`${pool}=${replicas}`);
      done.push(await play(replicas));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    errors.push(error.message);
  } finally {
    await restore();
  }
  await load.stop();
  return {
    ...{ pool, before },
    steps: done.map(({ recorder, ...step }) => describeStep(step, recorder)),
    ...{ isRestored, errors },
  };

  async function play(replicas: number): Promise<(typeof done)[number]> {
    const recorder = load.begin();
    const startedMs = load.elapsedMs();
    await scale(replicas);
    const seconds = Math.round((load.elapsedMs() - startedMs) / 100) / 10;
    const untilMs = load.elapsedMs() + holdSeconds * 1000;
    while (load.elapsedMs() < untilMs && !isOver()) await wait(100);
    return { replicas, seconds, recorder };
  }

  async function restore(): Promise<void> {
    if (counts.at(-1) === before && errors.length === 0 && done.length === counts.length) return;
    tell(`${pool}=${before}, as before`);
    await scale(before).catch((error: unknown) => {
      isRestored = false;
      errors.push(`${pool} has not got its ${before} replicas of before: ${(error as Error).message}`);
    });
  }
}

function describeStep(step: Pick<Step, "replicas" | "seconds">, recorder: Recorder): Step {
  const { requests, failed, latency } = recorder.summarize();
  return { ...step, requests, failed, p99Ms: latency.p99, slowestMs: latency.max };
}
