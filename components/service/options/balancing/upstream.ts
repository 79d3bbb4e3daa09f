import type { Member, Upstream } from "../../../../nginx/model";
import type { PlannedPool } from "../../plan";
import { resolveSticky } from "./sticky";

/** What decides about a pool besides its own settings. */
interface Surroundings {
  /** Whether clients come over TLS alone. */
  tlsOnly: boolean;
  /** Whether failed requests are tried again at all. */
  retries: boolean;
}

/** A pool as Nginx is told of it. */
export function resolveUpstream(pool: PlannedPool, { tlsOnly, retries }: Surroundings): Upstream {
  const { name, port, probe, method, hashKey, sticky, keepalive, failures, timeouts } = pool;
  return {
    name,
    method,
    hashKey,
    sticky: sticky === undefined ? undefined : resolveSticky(sticky, tlsOnly),
    keepalive: {
      connections: keepalive.connections,
      requests: keepalive.requests,
      seconds: keepalive.idleSeconds,
    },
    limitsConnections: pool.maxConnections > 0,
    maxFails: failures.count,
    failSeconds: failures.seconds,
    port,
    probe,
    health: pool.activeHealth,
    connectSeconds: timeouts.connectSeconds,
    readSeconds: timeouts.readSeconds,
    sendSeconds: timeouts.sendSeconds,
    retries: {
      on: pool.retries.on,
      tries: retries ? pool.retries.tries : 1,
      seconds: timeouts.retrySeconds,
      repeatWrites: pool.retries.repeatWrites,
    },
    holdSeconds: pool.holdSeconds,
  };
}

/** A replica as Nginx is told of it, but for its name. */
export function resolveMember(pool: PlannedPool, number: number): Omit<Member, "name"> {
  return {
    port: pool.port,
    title: `${pool.name}-${number}`,
    weight: pool.weights[number - 1] ?? 1,
    maxConnections: pool.maxConnections,
    backup: number > pool.replicas - pool.backups,
  };
}
