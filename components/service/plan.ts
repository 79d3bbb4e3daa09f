import type { Probe } from "../../nginx/model";
import { resolveInternal } from "./balancer/internal";
import type { Balancer } from "./balancer/schema";
import { leadTo, type Route } from "./options/route/schema";
import type { BalancedPool, Pool, WorkerPool } from "./pool/schema";
import type { Service } from "./schema";

/** A pool by its name. */
export interface PlannedPool extends BalancedPool {
  name: string;
  /** Most seconds that an old replica may go on with streams when it has nothing else. */
  streamSeconds: number;
  /** The question that its replicas are asked through the balancer. */
  probe: Probe;
}

/** A pool of workers by its name, which is its network's too. */
export interface PlannedWorkers extends WorkerPool {
  name: string;
}

/** A balancer that the service needs, and what is behind it. */
export interface BalancerPlan {
  /** Name of the balancer within the service. */
  title: string;
  /** Name of the network that it shares with its pools. */
  network: string;
  balancer: Balancer;
  /** Port that it listens on in its container. */
  port: number;
  /** Name under which others on the network reach it; only an internal balancer has one, and it publishes nothing. */
  alias?: string;
  pools: PlannedPool[];
  routes: Route[];
}

/** Network of the balancer in front and of the pools that routes lead to. */
export const publicNetwork = "public";

/** Port that the balancer in front listens on in its container. */
const publicPort = 80;

/** The pools of workers. */
export function planWorkers({ pools }: Service): PlannedWorkers[] {
  return Object.entries(pools).flatMap(([name, pool]) => (isBalanced(pool) ? [] : [{ ...pool, name }]));
}

/** The balancers: one for each internal pool, and the one in front where a pool is public. */
export function planBalancers({ pools, routes, balancer }: Service): BalancerPlan[] {
  const planned = Object.entries(pools).flatMap(([name, pool]): PlannedPool[] => {
    if (!isBalanced(pool)) return [];
    const own = routes.filter((route) => route.pool === name);
    const streamSeconds = resolveStreamSeconds(pool, own);
    return [{ ...pool, name, streamSeconds, probe: resolveProbe(pool, own) }];
  });
  const isInternal = ({ reachableFrom }: PlannedPool): boolean => reachableFrom !== undefined;
  const open = planned.filter((pool) => !isInternal(pool));
  return [
    ...planned.filter(isInternal).map((pool) => ({
      title: `${pool.name}-balancer`,
      network: pool.name,
      balancer: resolveInternal(balancer),
      port: pool.port,
      alias: pool.name,
      pools: [pool],
      routes: [leadTo(pool.name)],
    })),
    ...(open.length === 0
      ? []
      : [{ title: "balancer", network: publicNetwork, balancer, port: publicPort, pools: open, routes }]),
  ];
}

function isBalanced(pool: Pool): pool is BalancedPool {
  return pool.port !== undefined;
}

/** Seconds for WebSockets, which do not end by themselves; idle clients have to be awaited as long anyhow. */
const usualStreamSeconds = 10;

/** Gives streams their time: all of the drain where a route says that there are streams, since some of them end by themselves. */
function resolveStreamSeconds({ streamSeconds, drainSeconds }: BalancedPool, own: Route[]): number {
  if (streamSeconds !== undefined) return streamSeconds;
  return own.some((route) => route.silentSeconds !== undefined)
    ? drainSeconds
    : Math.min(usualStreamSeconds, drainSeconds);
}

/** The question that shows whether a replica answers: with a good status of its health path, or with whatever a pool without one answers. */
function resolveProbe({ health, balancing }: BalancedPool, own: Route[]): Probe {
  const speaksOnlyGrpc =
    own.length > 0 && own.every(({ target }) => target.kind === "upstream" && target.protocol === "grpc");
  return {
    path: health.path,
    protocol: speaksOnlyGrpc ? "grpc" : "http",
    seconds: Math.max(3, health.timeoutSeconds),
    takesAnyAnswer: speaksOnlyGrpc || (health.isToldByCommand && balancing.activeHealth === undefined),
  };
}
