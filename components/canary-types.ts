/**
 * New replicas first get a share of the requests, which grows step by step for as long as they answer as well as the old ones;
 * where they do not, all requests go to the old ones again, and the update fails. `{}` has defaults for all.
 */
export interface CanaryArgs {
  /** Share of the new replicas in each step, in per cent of the pool's requests, growing. Defaults to 10 and 50. */
  steps?: number[];
  /** Seconds of each step. Defaults to 60. */
  seconds?: number;
  /** Requests to the new replicas, and to the old ones, from which a step is judged at its end. Defaults to 50. */
  leastRequests?: number;
  /** Most seconds that a step waits for `leastRequests`; after that, health alone lets it pass. Defaults to three times `seconds`. */
  mostSeconds?: number;
  /** Failed requests of the new replicas, in per cent of theirs, beyond those of the old ones. Defaults to 1. */
  errorPercent?: number;
  /** Times the old replicas' P95 that the new ones' may be. Defaults to 2. */
  slowdown?: number;
  /** Seconds by which the new replicas' P95 may be above that of the old ones, however short that is. Defaults to 0.05. */
  slowdownSeconds?: number;
  /** Seconds that the new replicas' P95 may be at most, however slow the old ones are. Defaults to any number. */
  p95Seconds?: number;
}
