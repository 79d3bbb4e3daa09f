import type { Part } from "../../engine/parts";
import type { BalancerLook } from "../operator/figures";
import type { Balancing } from "./balancing";
import type { Summary } from "./record";

/** The requests of one replica, and how many chance would give it. */
export interface Share {
  replica: string;
  requests: number;
  /** Of those of its pool. */
  sharePercent: number;
  expected: number;
  /** By how much chance makes a number differ from what is expected. */
  tolerance: number;
}

/** How the requests of a pool were shared. */
export interface PoolShares {
  pool: string;
  replicas: Share[];
  /** Undefined where that cannot be said. */
  isAsExpected?: boolean;
  /** The verdict, for people. */
  sentence: string;
}

/** Standard deviations within which 15 replicas stay together in 999 of 1000 tests. */
const deviations = 4;
/** The fewest requests of a replica that say anything of its share. */
const fewest = 20;

/** The answers of each replica, by its title, as they say themselves; none where they name somebody else. */
export function countAnswers({ replicas }: Pick<Summary, "replicas">, parts: Part[]): Record<string, number> {
  const titles = parts.filter(({ role }) => role === "replica").map(({ title }) => title);
  return Object.fromEntries(Object.entries(replicas).filter(([title]) => titles.includes(title)));
}

/** The tries at each replica as balancers counted them: of all clients, and of a request that failed at one replica two. */
export function countTries(before: BalancerLook[], after: BalancerLook[]): Record<string, number> {
  const of = (looks: BalancerLook[]) => looks.flatMap(({ figures }) => figures?.replicas ?? []);
  const known = new Map(of(before).map(({ container, requests }) => [container, requests]));
  return Object.fromEntries(
    of(after).flatMap(({ replica, container, requests }) => {
      const more = requests - (known.get(container) ?? 0);
      return more > 0 ? [[replica, more]] : [];
    }),
  );
}

/** Compares what each replica of the pools that were asked got with what it was to get. */
export function compareShares(counts: Record<string, number>, pools: Balancing[]): PoolShares[] {
  return pools.flatMap((pool) => {
    const total = pool.members.reduce((sum, { title }) => sum + (counts[title] ?? 0), 0);
    return total === 0 ? [] : [comparePool(counts, pool, total)];
  });
}

function comparePool(
  counts: Record<string, number>,
  { pool, method, members }: Balancing,
  total: number,
): PoolShares {
  const inUse = members.filter(({ spare }) => !spare);
  const weights = inUse.reduce((sum, { weight }) => sum + weight, 0);
  const replicas = members.map(({ title, weight, spare }): Share => {
    const requests = counts[title] ?? 0;
    const probability = spare ? 0 : weight / weights;
    const deviation = Math.sqrt(total * probability * (1 - probability));
    return {
      ...{ replica: title, requests, sharePercent: (requests / total) * 100 },
      ...{ expected: total * probability, tolerance: deviations * deviation },
    };
  });
  if (method === "sticky" || method === "ip_hash" || method === "hash")
    return { pool, replicas, sentence: describeBound(pool, method) };
  if (inUse.length === 1)
    return { pool, replicas, sentence: `${pool} has one replica, so there is nothing to compare.` };
  if (replicas.some(({ expected }) => expected > 0 && expected < fewest))
    return {
      ...{ pool, replicas },
      sentence: `${total} requests are too few to say how ${pool} shares them: there must be ${fewest} for each replica.`,
    };
  const strays = replicas.filter(
    ({ requests, expected, tolerance }) => Math.abs(requests - expected) > tolerance,
  );
  return {
    ...{ pool, replicas, isAsExpected: strays.length === 0 },
    sentence:
      strays.length === 0
        ? `The shares of ${pool} are within what is expected: chance alone makes them differ as much.`
        : `The shares of ${pool} are not within what is expected: ${strays.map(({ replica, requests, expected }) => `${replica} got ${requests} instead of about ${Math.round(expected)}`).join(", ")}. Slow, failing or restarted replicas get fewer.`,
  };
}

function describeBound(pool: string, method: "sticky" | "ip_hash" | "hash"): string {
  const by = { sticky: "a cookie", ip_hash: "the client's address", hash: "a key" }[method];
  return `${pool} binds clients to replicas by ${by}, so the shares of one client say nothing.`;
}
