/** How new replicas of a pool are let in step by step. */
export interface Canary {
  /** Their share in each step, in per cent. */
  steps: number[];
  /** Seconds of a step. */
  seconds: number;
  /** Most seconds that one waits for `leastRequests`. */
  mostSeconds: number;
  /** Requests from which it is judged at its end. */
  leastRequests: number;
  /** Failures beyond those of the old replicas that it may have, in per cent. */
  errorPercent: number;
  /** Times the old replicas' P95, and seconds above it, that theirs may be: the larger of both counts. */
  slowdown: number;
  slowdownSeconds: number;
  /** Seconds that their P95 may be in any case; absent for any number. */
  p95Seconds?: number;
  /** Whether the same client, or key, goes to the same replica: then the share is one of these, not of requests. */
  sharesClients: boolean;
}

/** The canaries of a balancer's pools, by their names; absent where there is none. */
export interface CanaryTask {
  canaries?: Record<string, Canary>;
}
