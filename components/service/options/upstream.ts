import type { ActiveHealth, Member, Sticky, Upstream } from "../../../nginx/model";
import { Method, RetryCondition, SameSite, type PoolArgs, type StickyArgs } from "../../types";
import { isToldByCommand, type PlannedPool } from "../plan";

/** What decides about a pool besides its own settings. */
interface Surroundings {
  /** Whether clients come over TLS alone. */
  tlsOnly: boolean;
  /** Whether failed requests are tried again at all. */
  retries: boolean;
}

const defaultConditions = [
  RetryCondition.Error,
  RetryCondition.Timeout,
  RetryCondition.Status502,
  RetryCondition.Status503,
  RetryCondition.Status504,
];

/**
 * Seconds that an idle connection to a replica stays. Applications close theirs after as little as two seconds, and a POST
 * that meets one being closed is lost.
 */
const defaultIdleSeconds = 1.5;

/** A pool as Nginx is told of it. */
export function describeUpstream(pool: PlannedPool, { tlsOnly, retries }: Surroundings): Upstream {
  const { name, args, probe } = pool;
  const active = describeActiveHealth(pool);
  return {
    name,
    method: args.method ?? Method.LeastConnections,
    ...(args.hashKey === undefined ? {} : { hashKey: args.hashKey }),
    ...(args.sticky === undefined ? {} : { sticky: describeSticky(args.sticky, tlsOnly) }),
    keepalive: {
      connections: args.keepalive?.connections ?? 32,
      requests: args.keepalive?.requests ?? 1000,
      seconds: args.keepalive?.idleSeconds ?? defaultIdleSeconds,
    },
    limitsConnections: args.maxConnections !== undefined,
    maxFails: maxFails(args),
    failSeconds: failSeconds(args),
    port: args.port,
    probe,
    ...(active === undefined ? {} : { health: active }),
    ...describeTimeouts(args),
    retries: {
      on: args.retries?.on ?? defaultConditions,
      tries: retries ? (args.retries?.tries ?? 3) : 1,
      seconds: retrySeconds(args),
      repeatWrites: args.retries?.repeatWrites ?? false,
    },
    holdSeconds: args.holdSeconds ?? 0,
  };
}

/** Failures that take a replica out. */
export function maxFails({ failures }: PoolArgs): number {
  return failures?.count ?? 3;
}

/** How long a replica that has failed is left out. */
export function failSeconds({ failures }: PoolArgs): number {
  return failures?.seconds ?? 10;
}

function retrySeconds({ timeouts }: PoolArgs): number {
  return timeouts?.retrySeconds ?? Math.max(30, Math.ceil((timeouts?.readSeconds ?? 0) * 1.5));
}

// Below the total of all tries, or a request to a replica that hangs is never given to another.
function describeTimeouts(args: PoolArgs): Pick<Upstream, "connectSeconds" | "readSeconds" | "sendSeconds"> {
  const { timeouts } = args;
  const readSeconds = timeouts?.readSeconds ?? Math.max(1, Math.floor((retrySeconds(args) * 2) / 3));
  return {
    connectSeconds: timeouts?.connectSeconds ?? 1,
    readSeconds,
    sendSeconds: timeouts?.sendSeconds ?? readSeconds,
  };
}

function describeSticky({ cookie, seconds, secure, sameSite }: StickyArgs, tlsOnly: boolean): Sticky {
  return {
    cookie: cookie ?? "replica",
    seconds: seconds ?? 0,
    secure: secure ?? tlsOnly,
    sameSite: sameSite ?? SameSite.Lax,
  };
}

function describeActiveHealth({ args, health }: PlannedPool): ActiveHealth | undefined {
  const { enabled, intervalSeconds = 10, timeoutSeconds, strikes = 3 } = args.activeHealth ?? {};
  if (!(enabled ?? !isToldByCommand(args))) return undefined;
  return {
    path: health.path,
    intervalSeconds,
    timeoutSeconds: timeoutSeconds ?? Math.min(3, Math.max(1, Math.floor(intervalSeconds / 2))),
    strikes,
  };
}

/** A replica as Nginx is told of it, but for its name. */
export function describeMember({ name, args }: PlannedPool, number: number): Omit<Member, "name"> {
  const { port, replicas = 1, weights = [], maxConnections = 0, backups = 0 } = args;
  return {
    port,
    title: `${name}-${number}`,
    weight: weights[number - 1] ?? 1,
    maxConnections,
    backup: number > replicas - backups,
  };
}
