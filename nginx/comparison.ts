/** Tries at the new or the old replicas of a pool, while an update compares them. */
export interface Compared {
  requests: number;
  /** Those that ended in 5xx, in a time-out or without a connection. */
  failed: number;
  /** Numbers of tries by the class of their duration. */
  classes: Record<string, number>;
}

/** Counts of a balancer since an update's step began. */
export interface Comparison {
  /** The step, in the word of the update. */
  id: string;
  /** By the pool's name. */
  pools: Record<string, { fresh: Compared; old: Compared }>;
  /** New replicas, by the name that Nginx has for them. */
  replicas: Record<string, Pick<Compared, "requests" | "failed">>;
}

/** Ratio of a class's bound to the one before: finer than what Prometheus is told, because two durations are compared. */
const ratio = 1.1;
/** Bound of the first class, which is the least that Nginx tells of. */
const leastSeconds = 0.001;

/** Number of the class of a duration. */
export function fineClassOf(seconds: number): number {
  if (seconds <= leastSeconds) return 0;
  return Math.ceil(Math.log(seconds / leastSeconds) / Math.log(ratio) - 1e-9);
}

/** The longest duration of a class, in seconds. */
export function boundOf(fineClass: number): number {
  return leastSeconds * ratio ** fineClass;
}
