import type { PoolArgs } from "../types";

/** Names of the pools in the order in which they start: an internal pool before those that reach it. */
export function sortPools(pools: Record<string, PoolArgs>): string[] {
  const sorted: string[] = [];
  const visit = (name: string): void => {
    if (sorted.includes(name)) return;
    const reached = Object.keys(pools).filter((other) => pools[other]?.reachableFrom?.includes(name));
    for (const before of [...(pools[name]?.startAfter ?? []), ...reached]) visit(before);
    sorted.push(name);
  };
  for (const name of Object.keys(pools)) visit(name);
  return sorted;
}
