import type { BalancerPlan } from "./plan";

/** Where the balancer in front is published when the configuration says nothing. */
export const defaultAddress = "0.0.0.0";
/** Port published for plain HTTP when the configuration says nothing. */
export const defaultPublishedPort = 8080;
/** Port published for TLS when the configuration says nothing. */
export const defaultTlsPort = 8443;

/** Port that the balancer listens on for TLS in its container. */
export const tlsPort = 443;

/** What is published on the engine's host: the port outside, and inside. */
export function listPublished({ args, port, alias }: BalancerPlan): { external: number; internal: number }[] {
  if (alias !== undefined) return [];
  const plain = { external: args.port ?? defaultPublishedPort, internal: port };
  if (args.tls === undefined) return [plain];
  return [plain, { external: args.tls.port ?? defaultTlsPort, internal: tlsPort }];
}
