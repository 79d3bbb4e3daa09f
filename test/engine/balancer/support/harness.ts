import { afterAll, beforeAll } from "vitest";
import type { PoolArgs } from "../../../../components/types";
import { type BalancerOptions, type RunningBalancer, startBalancer } from "./balancer";

/** A pool of the workbench; what its replicas are asked comes from tests alone. */
export function workbench({ balancing, ...settings }: Partial<PoolArgs> = {}): PoolArgs {
  return {
    ...{ image: "node:24-slim", port: 3001, ...settings },
    balancing: { activeHealth: { enabled: false }, ...balancing },
  };
}

/** A balancer for the tests of a file; what it started is removed when they are done. */
export function useBalancer(options: BalancerOptions): () => RunningBalancer {
  let running: RunningBalancer | undefined;
  beforeAll(async () => {
    running = await startBalancer(options);
  });
  afterAll(() => running?.stop());
  return () => {
    if (running === undefined) throw new Error("The balancer is started before the tests.");
    return running;
  };
}
