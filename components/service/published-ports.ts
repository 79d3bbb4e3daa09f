import type { BalancerPlan } from "./plan";

/** Port that the balancer listens on for TLS in its container. */
export const tlsPort = 443;

/** The ports that are published on the engine's host: outside, and inside. */
export function listPublished({
  balancer,
  port,
  alias,
}: BalancerPlan): { external: number; internal: number }[] {
  if (alias !== undefined) return [];
  const plain = { external: balancer.port, internal: port };
  return balancer.tls === undefined ? [plain] : [plain, { external: balancer.tls.port, internal: tlsPort }];
}
