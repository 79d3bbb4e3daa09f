import type { z } from "zod";
import type { balancing } from "./schema";

/** As long as a restarted application and Nginx' next look at its address take together. */
const usualSeconds = 5;

/**
 * How long requests wait for a replica. Whoever has the balancer ask nobody may use an Nginx that cannot wait either, and what a
 * limit of connections turns away is to be turned away at once.
 */
export function resolveHoldSeconds({
  holdSeconds,
  activeHealth,
  maxConnections,
}: z.output<typeof balancing>): number {
  return holdSeconds ?? (activeHealth.enabled === false || maxConnections > 0 ? 0 : usualSeconds);
}
