import { findNearest, type Problem, suggest } from "../arguments/problems";
import type { Rule } from "../arguments/schema-parts";

/** The parts of pools and routes that decide where requests go. */
interface Routing {
  pools: Record<string, { reachableFrom?: string[] | undefined }>;
  routes?:
    { path: string; match: string; host?: string | undefined; pool?: string | undefined }[] | undefined;
}

/** The rules about where requests go. */
export const routingRules: Rule<Routing>[] = [
  { needs: ["pools.*.reachableFrom", "routes.*.pool"], find: checkPublicPools },
  { needs: ["pools.*.reachableFrom", "routes.*.pool"], find: checkNamedPools },
  { needs: ["routes.*.host", "routes.*.path", "routes.*.match"], find: findEqualRoutes },
];

function listPublicNames(pools: Routing["pools"]): string[] {
  return Object.keys(pools).filter((name) => pools[name]?.reachableFrom === undefined);
}

function checkPublicPools({ pools, routes }: Routing): Problem[] {
  const names = Object.keys(pools);
  if (names.length === 0) {
    const remedy = "Describe a pool with an image and a port.";
    return [{ path: ["pools"], value: {}, rule: "hold at least one pool", remedy }];
  }
  const publicNames = listPublicNames(pools);
  if (publicNames.length === 0) {
    const rule = "hold a pool without reachableFrom, or nothing would be reachable";
    const remedy = "Remove reachableFrom from the pool that clients use.";
    return [{ path: ["pools"], value: names.join(", "), rule, remedy }];
  }
  if (routes === undefined) {
    if (publicNames.length === 1) return [];
    const rule = `say which requests go to which public pool (${publicNames.join(", ")})`;
    const remedy = "Add a route per public pool, or make pools internal with reachableFrom.";
    return [{ path: ["routes"], value: undefined, rule, remedy }];
  }
  // A misspelt name counts as the one it is most likely meant to be, or one mistake would make two problems.
  const named = new Set(
    routes.map(({ pool }) =>
      pool === undefined || publicNames.includes(pool) ? pool : findNearest(pool, publicNames),
    ),
  );
  return publicNames.flatMap((name): Problem[] => {
    if (named.has(name)) return [];
    const remedy = "Add a route to it, or make it internal with reachableFrom.";
    return [{ path: ["pools", name], value: undefined, rule: "be named by a route", remedy }];
  });
}

function checkNamedPools({ pools, routes = [] }: Routing): Problem[] {
  const publicNames = listPublicNames(pools);
  return routes.flatMap(({ pool }, index): Problem[] => {
    if (pool === undefined || publicNames.includes(pool)) return [];
    const remedy = Object.hasOwn(pools, pool)
      ? `Remove the route, or reachableFrom of ${pool}.`
      : suggest(pool, publicNames, "public pools");
    return [{ path: ["routes", index, "pool"], value: pool, rule: "name a public pool", remedy }];
  });
}

function findEqualRoutes({ routes = [] }: Routing): Problem[] {
  const seen = new Map<string, number>();
  return routes.flatMap(({ host, path, match }, index): Problem[] => {
    const key = JSON.stringify([host?.toLowerCase(), match, path]);
    const first = seen.get(key);
    seen.set(key, first ?? index);
    if (first === undefined) return [];
    const rule = `differ from routes[${first}] in host or path`;
    return [{ path: ["routes", index], value: `${host ?? ""}${path}`, rule, remedy: "Remove one." }];
  });
}
