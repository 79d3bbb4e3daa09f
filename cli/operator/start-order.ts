import type { Part } from "../../engine/parts";

/** Containers that may be started, or stopped, at the same time. */
export type Wave = Part[];

/**
 * The order in which the containers of a stack are started: datastores, what stands beside them, the pools that others reach,
 * each with its balancer behind it, those others, and then what clients reach. They are stopped the other way round.
 */
export function orderStart(parts: Part[]): Wave[] {
  const levels = rankPools(parts);
  const deepest = Math.max(0, ...levels.values());
  const rankOf = (part: Part): number => {
    if (part.role === "store") return 0;
    if (part.store !== "") return 1;
    if (part.role === "monitoring") return 2;
    // After the front, whose network it is.
    const later = part.sharesFront ? 0.5 : 0;
    const isPublic = part.published.length > 0 || (part.sharesFront && poolOf(part) === "");
    if (part.role === "balancer" && isPublic) return 2 * deepest + 6 + later;
    const level = levels.get(`${part.service}/${part.pool || poolOf(part)}`) ?? deepest;
    return 2 * level + (part.role === "balancer" ? 4 + later : 3);
  };
  const ranks = [...new Set(parts.map(rankOf))].sort((one, other) => one - other);
  return ranks.map((rank) => parts.filter((part) => rankOf(part) === rank));
}

/** The pool that a balancer inside of a stack stands in front of; that of clients has another name. */
export function poolOf({ role, balancer }: Part): string {
  return role === "balancer" ? balancer.replace(/-?balancer$/, "") : "";
}

/** How many other pools each needs, one behind the other. */
function rankPools(parts: Part[]): Map<string, number> {
  const reached = findReached(parts);
  const levels = new Map<string, number>();
  const rank = (pool: string, behind: string[]): number => {
    const known = levels.get(pool);
    if (known !== undefined) return known;
    // Components of one stack may be on networks of each other.
    const others = (reached.get(pool) ?? []).filter((other) => !behind.includes(other));
    const level = Math.max(0, ...others.map((other) => rank(other, [...behind, pool]) + 1));
    levels.set(pool, level);
    return level;
  };
  for (const pool of reached.keys()) rank(pool, [pool]);
  return levels;
}

/** The pools that each pool reaches: it is on a network of the balancer that stands in front of them. */
export function findReached(parts: Part[]): Map<string, string[]> {
  const replicas = parts.filter(({ pool }) => pool !== "");
  const balancers = parts.filter((part) => poolOf(part) !== "");
  return new Map(
    replicas.map((replica) => {
      const { service, pool, networks } = replica;
      const found = balancers
        .filter((each) => poolOf(each) !== pool || each.service !== service)
        .filter((each) => Object.keys(each.networks).some((name) => name in networks));
      return [`${service}/${pool}`, [...new Set(found.map((each) => `${each.service}/${poolOf(each)}`))]];
    }),
  );
}
