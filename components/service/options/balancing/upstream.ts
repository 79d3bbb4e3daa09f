import { nameAssetsFolder } from "../../../../nginx/own-assets";
import { places } from "../../../../nginx/places";
import type { Member, Upstream } from "../../../../nginx/model";
import type { PlannedPool } from "../../plan";
import { resolveSticky } from "./sticky";

/** Settings of the balancer, and switches, that decide about a pool besides its own. */
interface Surroundings {
  /** Whether clients come over TLS alone. */
  tlsOnly: boolean;
  /** Whether failed requests are tried again at all. */
  retries: boolean;
}

/** A pool as Nginx is told of it. */
export function resolveUpstream(pool: PlannedPool, { tlsOnly, retries }: Surroundings): Upstream {
  const { name, port, probe, balancing, replicas } = pool;
  const { method, hashKey, sticky, keepalive, failures, timeouts } = balancing;
  return {
    name,
    // An update has twice as many for a while, each with its line and its address: 256 KiB were full at some 120 of them.
    zoneMiB: Math.max(2, Math.ceil(replicas / 200)),
    method,
    hashKey,
    sticky: sticky === undefined ? undefined : resolveSticky(sticky, tlsOnly),
    keepalive: {
      connections: keepalive.connections,
      requests: keepalive.requests,
      seconds: keepalive.idleSeconds,
    },
    limitsConnections: balancing.maxConnections > 0,
    maxFails: failures.count,
    failSeconds: failures.seconds,
    port,
    probe,
    health: balancing.activeHealth,
    connectSeconds: timeouts.connectSeconds,
    readSeconds: timeouts.readSeconds,
    sendSeconds: timeouts.sendSeconds,
    retries: {
      on: balancing.retries.on,
      tries: retries ? balancing.retries.tries : 1,
      seconds: timeouts.retrySeconds,
      repeatWrites: balancing.retries.repeatWrites,
      repeatKeyed: balancing.retries.repeatKeyed,
    },
    holdSeconds: retries ? balancing.holdSeconds : 0,
    assets:
      pool.assets === undefined
        ? undefined
        : { path: pool.assets.path, folder: `${places.live}/${nameAssetsFolder(name)}` },
  };
}

/** A replica as Nginx is told of it, but for its name. */
export function resolveMember(
  { name, port, replicas, balancing }: PlannedPool,
  number: number,
): Omit<Member, "name"> {
  return {
    port,
    title: `${name}-${number}`,
    weight: balancing.weights[number - 1] ?? 1,
    maxConnections: balancing.maxConnections,
    backup: number > replicas - balancing.spares,
  };
}
