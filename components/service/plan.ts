import type { Probe } from "../../nginx/model";
import {
  type BalancerArgs,
  type LoadBalancedServiceArgs,
  type PoolArgs,
  Protocol,
  type RouteArgs,
} from "../types";
import { completeHealthCheck, type HealthCheck } from "./options/health";

/** A pool as it was asked for, with its health check completed. */
export interface PlannedPool {
  name: string;
  args: PoolArgs;
  health: HealthCheck;
  /** What its replicas are asked through the balancer. */
  probe: Probe;
}

/** A balancer that the service needs, and what is behind it. */
export interface BalancerPlan {
  /** Name of the balancer within the service. */
  title: string;
  /** Name of the network that it shares with its pools. */
  network: string;
  args: BalancerArgs;
  /** Port that it listens on in its container. */
  port: number;
  /** Name under which others on the network reach it; only an internal balancer has one, and it publishes nothing. */
  alias?: string;
  pools: PlannedPool[];
  routes: RouteArgs[];
}

/** Network of the balancer in front and of the pools that routes lead to. */
export const publicNetwork = "public";

/** Port that the balancer in front listens on in its container. */
const publicPort = 80;

/** The balancers: one for each internal pool, and the one in front. */
export function planBalancers(args: LoadBalancedServiceArgs): BalancerPlan[] {
  const pools = Object.entries(args.pools).map(([name, pool]) => {
    const health = completeHealthCheck(pool.healthCheck, pool.port);
    return { name, args: pool, health, probe: describeProbe(pool, health, args.routes ?? [], name) };
  });
  const isInternal = ({ args: { reachableFrom } }: PlannedPool): boolean => reachableFrom !== undefined;
  const publicPools = pools.filter((pool) => !isInternal(pool));
  return [
    ...pools.filter(isInternal).map((pool) => ({
      title: `${pool.name}-balancer`,
      network: pool.name,
      args: pickShares(args.balancer),
      port: pool.args.port,
      alias: pool.name,
      pools: [pool],
      routes: [{ pool: pool.name }],
    })),
    {
      title: "balancer",
      network: publicNetwork,
      args: args.balancer ?? {},
      port: publicPort,
      pools: publicPools,
      routes: args.routes ?? publicPools.map(({ name }) => ({ pool: name })),
    },
  ];
}

/** What shows that a replica answers: a good status of its health path, or whatever a pool without one answers. */
function describeProbe(pool: PoolArgs, health: HealthCheck, routes: RouteArgs[], name: string): Probe {
  const own = routes.filter((route) => route.pool === name);
  const speaksOnlyGrpc = own.length > 0 && own.every(({ protocol }) => protocol === Protocol.Grpc);
  return {
    path: health.path,
    protocol: speaksOnlyGrpc ? Protocol.Grpc : Protocol.Http,
    seconds: Math.max(3, health.timeoutSeconds),
    takesAnyAnswer: speaksOnlyGrpc || (isToldByCommand(pool) && pool.activeHealth?.enabled !== true),
  };
}

/** Whether a pool's health is told by a command alone; it need not answer any path then. */
export function isToldByCommand({ healthCheck }: PoolArgs): boolean {
  return healthCheck?.command !== undefined && healthCheck.path === undefined;
}

/** What every balancer may use, and is meant to get; all else is said of the one in front alone. */
function pickShares({ limits, reservations }: BalancerArgs = {}): BalancerArgs {
  return {
    ...(limits === undefined ? {} : { limits }),
    ...(reservations === undefined ? {} : { reservations }),
  };
}

/** Names of the internal pools that a pool reaches. */
export function findReached(pools: Record<string, PoolArgs>, name: string): string[] {
  return Object.keys(pools).filter((other) => pools[other]?.reachableFrom?.includes(name));
}

/** Names of the pools in the order in which they start: an internal pool before those that reach it. */
export function sortPools(pools: Record<string, PoolArgs>): string[] {
  const sorted: string[] = [];
  const visit = (name: string): void => {
    if (sorted.includes(name)) return;
    for (const before of [...(pools[name]?.startAfter ?? []), ...findReached(pools, name)]) visit(before);
    sorted.push(name);
  };
  for (const name of Object.keys(pools)) visit(name);
  return sorted;
}
