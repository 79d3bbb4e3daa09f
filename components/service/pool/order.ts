import { type Problem, suggest } from "../../arguments/problems";
import type { Rule } from "../../arguments/schema-parts";

/** The part of a pool that decides when it starts. */
interface Start {
  startAfter: string[];
  reachableFrom?: string[] | undefined;
}

type Pools = Record<string, Start>;

/** The rules about the order in which pools start. */
export const startRules: Rule<{ pools: Pools }>[] = [
  { needs: ["pools.*.startAfter"], find: ({ pools }) => checkNames(pools, "startAfter") },
  { needs: ["pools.*.reachableFrom"], find: ({ pools }) => checkNames(pools, "reachableFrom") },
  { needs: ["pools.*.startAfter", "pools.*.reachableFrom"], find: ({ pools }) => findCircles(pools) },
];

/** Names of the internal pools that a pool reaches. */
export function findReached(pools: Pools, name: string): string[] {
  return Object.keys(pools).filter((other) => pools[other]?.reachableFrom?.includes(name));
}

/** Names of the pools in the order in which they start: an internal pool before those that reach it. */
export function sortPools(pools: Pools): string[] {
  const sorted: string[] = [];
  const visit = (name: string): void => {
    if (sorted.includes(name)) return;
    for (const before of findPredecessors(pools, name)) visit(before);
    sorted.push(name);
  };
  for (const name of Object.keys(pools)) visit(name);
  return sorted;
}

function findPredecessors(pools: Pools, name: string): string[] {
  return [...(pools[name]?.startAfter ?? []), ...findReached(pools, name)];
}

function checkNames(pools: Pools, field: keyof Start): Problem[] {
  return Object.entries(pools).flatMap(([name, { [field]: named = [] }]) => {
    const others = Object.keys(pools).filter((other) => other !== name);
    return named.flatMap((value, index): Problem[] => {
      if (others.includes(value)) return [];
      const remedy = value === name ? "Remove it." : suggest(value, others, "other pools");
      return [{ path: ["pools", name, field, index], value, rule: "name another pool", remedy }];
    });
  });
}

function findCircles(pools: Pools): Problem[] {
  const problems: Problem[] = [];
  const finished = new Set<string>();
  const visit = (name: string, trail: string[]): void => {
    if (trail.includes(name)) {
      const circle = [...trail.slice(trail.indexOf(name)), name];
      problems.push({
        path: ["pools", name],
        value: circle.join(" after "),
        rule: "start in an order without a circle",
        remedy: "Change startAfter or reachableFrom: what reachableFrom names starts after the pool.",
      });
      return;
    }
    if (finished.has(name)) return;
    const before = new Set(findPredecessors(pools, name).filter((other) => other !== name));
    for (const other of before) visit(other, [...trail, name]);
    finished.add(name);
  };
  for (const name of Object.keys(pools)) visit(name, []);
  return problems;
}
