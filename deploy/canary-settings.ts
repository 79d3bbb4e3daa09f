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

/** Variable of an update that gives all requests to new replicas at once, whatever canaries there are: what it goes back to is known. */
export const withoutCanaryVariable = "FLOTILLA_WITHOUT_CANARY";

/** Whether an update goes without steps. */
export function isWithoutCanary(environment = process.env): boolean {
  return environment[withoutCanaryVariable] === "true";
}

/** The canaries of a balancer's pools, by their names; absent where there is none. */
export interface CanaryTask {
  canaries?: Record<string, Canary>;
}
