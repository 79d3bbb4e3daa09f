import { findNearest, type Problem, suggest } from "../arguments/problems";
import type { Rule } from "../arguments/schema-parts";

/** The parts of pools and routes that decide where requests go. */
interface Routing {
  pools: Record<string, { port?: number | undefined; reachableFrom?: string[] | undefined }>;
  routes?:
    { path: string; match: string; host?: string | undefined; pool?: string | undefined }[] | undefined;
  balancer?: unknown;
}

/** The rules about where requests go. */
export const routingRules: Rule<Routing>[] = [
  { needs: ["pools.*.reachableFrom", "routes.*.pool"], find: checkPublicPools },
  { needs: ["pools.*.reachableFrom", "routes.*.pool"], find: checkNamedPools },
  { needs: ["pools.", "balancer."], find: checkBalancer },
  { needs: ["routes.*.host", "routes.*.path", "routes.*.match"], find: findEqualRoutes },
];

/** Names of the pools that clients may reach. */
export function listPublicNames(pools: Routing["pools"]): string[] {
  return Object.keys(pools).filter(
    (name) => pools[name]?.port !== undefined && pools[name].reachableFrom === undefined,
  );
}

function hasWorkers(pools: Routing["pools"]): boolean {
  return Object.values(pools).some(({ port }) => port === undefined);
}

function checkPublicPools({ pools, routes }: Routing): Problem[] {
  const names = Object.keys(pools);
  if (names.length === 0) {
    const remedy = "Describe a pool with an image and a port.";
    return [{ path: ["pools"], value: {}, rule: "hold at least one pool", remedy }];
  }
  const publicNames = listPublicNames(pools);
  if (publicNames.length === 0 && hasWorkers(pools)) {
    // A route to one of them says so itself.
    if (routes === undefined || routes.some(({ pool }) => pool !== undefined)) return [];
    const remedy = "Set the port of the pool that clients use, or remove the routes.";
    return [{ path: ["routes"], value: routes, rule: "be left out where no pool is public", remedy }];
  }
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
    const remedy = describeRemedy(pools, pool);
    return [{ path: ["routes", index, "pool"], value: pool, rule: "name a public pool", remedy }];
  });
}

function describeRemedy(pools: Routing["pools"], name: string): string {
  if (!Object.hasOwn(pools, name)) return suggest(name, listPublicNames(pools), "public pools");
  return pools[name]?.port === undefined
    ? `Set port of ${name}, or remove the route.`
    : `Remove the route, or reachableFrom of ${name}.`;
}

function checkBalancer({ pools, balancer }: Routing): Problem[] {
  const isNeeded = Object.values(pools).some(({ port }) => port !== undefined);
  if (isNeeded || Object.keys(pools).length === 0 || balancer === undefined) return [];
  const remedy = "Set the port that the replicas listen on, or remove the balancer.";
  return [{ path: ["balancer"], value: balancer, rule: "be left out where no pool has a port", remedy }];
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
