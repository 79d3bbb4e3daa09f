import type { Balancer as NginxBalancer } from "../../../nginx/model";
import { resolveUpstream } from "../options/balancing/upstream";
import { resolveTls } from "../options/tls/resolve";
import { Strategy } from "../../types";
import type { BalancerPlan, PlannedPool } from "../plan";
import { findVersion } from "./nginx-version";

/** A balancer as Nginx is told of it, but for the members. `without` names switched-off mechanisms. */
export function resolveBalancer(
  service: string,
  plan: BalancerPlan,
  without: string[],
  tellsEnd = false,
): NginxBalancer {
  const { balancer: settings, pools } = plan;
  const { tls, status } = settings;
  const surroundings = {
    tlsOnly: tls?.redirect === true,
    retries: !without.includes("retries"),
  };
  return {
    name: settings.name ?? service,
    version: findVersion(settings),
    port: plan.port,
    sharesFront: settings.replicas !== undefined,
    tls: tls === undefined ? undefined : resolveTls(tls, plan.routes),
    shutdownSeconds: Math.max(...pools.map(countLastSeconds)),
    upstreams: pools.map((pool) => resolveUpstream(pool, surroundings)),
    routes: plan.routes,
    access: settings.access,
    trustedProxies: settings.trustedProxies,
    believesClients: plan.alias !== undefined,
    rate: settings.rate,
    connectionsPerAddress: settings.connectionsPerAddress,
    cors: settings.cors,
    headers: settings.headers,
    compression: settings.compression,
    accessLog: settings.accessLog,
    bodyLimitMiB: settings.bodyLimitMiB,
    maintenance: settings.maintenance,
    retryAfterSeconds: settings.retryAfterSeconds,
    ownHealth: status.health,
    tellsEnd,
    statusAllow: status.allow,
    purgeAllow: status.purgeAllow,
    metrics: status.metrics,
    prometheus: status.prometheus,
    unavailablePage: settings.unavailablePage,
    httpDirectives: settings.httpDirectives,
    serverDirectives: settings.serverDirectives,
  };
}

/** Seconds between the switch to the new replicas and the first one that leaves: those of other pools come in between. */
const switchSeconds = 60;

/**
 * Seconds after a reload in which a replica of the pool may still have something to say by an old worker: until it has ended, so
 * that the application ends its streams itself.
 */
function countLastSeconds({ drainSeconds, stopSeconds, strategy, replicas, canary }: PlannedPool): number {
  const turns = strategy === Strategy.Rolling ? replicas : 1;
  // Old replicas go on through all steps.
  const trySeconds = canary === undefined ? 0 : canary.steps.length * canary.mostSeconds;
  return switchSeconds + trySeconds + drainSeconds * turns + stopSeconds;
}
