import { asList, asRecord, findNearest, suggest, type Problem } from "../../../arguments/problems";
import { listPools, type RawPool } from "../../../arguments/raw-args";
import { checkStatic } from "../static";

/** A route as it was given. */
interface RawRoute {
  path: (string | number)[];
  fields: Record<string, unknown>;
}

/** Finds what is wrong with where requests go, in data whose own shape may be wrong too. */
export function findRouteProblems(args: unknown): Problem[] {
  const service = asRecord(args) ?? {};
  const pools = listPools(args);
  const routes = asList(service.routes).flatMap((value, index): RawRoute[] => {
    const fields = asRecord(value);
    return fields === undefined ? [] : [{ path: ["routes", index], fields }];
  });
  return [
    ...(asRecord(service.pools) === undefined ? [] : checkPublicPools(pools, service.routes)),
    ...checkDistinct(routes),
    ...routes.flatMap((route) => [
      ...checkPool(route, pools),
      ...checkTarget(route),
      ...checkPath(route),
      ...checkStatic(route.path, route.fields),
      ...checkTogether(route),
      ...checkCors([...route.path, "cors"], route.fields.cors),
    ]),
  ];
}

function listPublicNames(pools: RawPool[]): string[] {
  return pools.filter(({ fields }) => fields.reachableFrom === undefined).map(({ name }) => name);
}

function checkPublicPools(pools: RawPool[], routes: unknown): Problem[] {
  if (pools.length === 0) {
    const remedy = "Describe a pool with an image and a port.";
    return [{ path: ["pools"], value: {}, rule: "hold at least one pool", remedy }];
  }
  const publicNames = listPublicNames(pools);
  if (publicNames.length === 0) {
    const rule = "hold a pool without reachableFrom, or nothing would be reachable";
    const remedy = "Remove reachableFrom from the pool that clients use.";
    return [{ path: ["pools"], value: pools.map(({ name }) => name).join(", "), rule, remedy }];
  }
  if (routes === undefined) {
    if (publicNames.length === 1) return [];
    const rule = `say which requests go to which public pool (${publicNames.join(", ")})`;
    const remedy = "Add a route per public pool, or make pools internal with reachableFrom.";
    return [{ path: ["routes"], value: undefined, rule, remedy }];
  }
  if (asList(routes).length === 0) return [];
  // A misspelt name counts as the one it is most likely meant to be, or one mistake would make two problems.
  const named = new Set(
    asList(routes).map((route) => {
      const pool = asRecord(route)?.pool;
      return typeof pool === "string" && !publicNames.includes(pool) ? findNearest(pool, publicNames) : pool;
    }),
  );
  return publicNames.flatMap((name): Problem[] => {
    if (named.has(name)) return [];
    const remedy = "Add a route to it, or make it internal with reachableFrom.";
    return [{ path: ["pools", name], value: undefined, rule: "be named by a route", remedy }];
  });
}

function checkPool({ path, fields: { pool } }: RawRoute, pools: RawPool[]): Problem[] {
  const publicNames = listPublicNames(pools);
  if (typeof pool !== "string" || publicNames.includes(pool)) return [];
  const isInternal = pools.some(({ name }) => name === pool);
  const remedy = isInternal
    ? `Remove the route, or reachableFrom of ${pool}.`
    : suggest(pool, publicNames, "public pools");
  return [{ path: [...path, "pool"], value: pool, rule: "name a public pool", remedy }];
}

function checkDistinct(routes: RawRoute[]): Problem[] {
  const seen = new Map<string, (string | number)[]>();
  return routes.flatMap(({ path: at, fields }): Problem[] => {
    const { host, path = "/", match = "prefix" } = fields;
    if (typeof path !== "string" || (host !== undefined && typeof host !== "string")) return [];
    const key = JSON.stringify([host?.toLowerCase(), match, path]);
    const first = seen.get(key);
    seen.set(key, first ?? at);
    if (first === undefined) return [];
    const rule = `differ from routes[${String(first[1])}] in host or path`;
    return [{ path: at, value: `${host ?? ""}${path}`, rule, remedy: "Remove one." }];
  });
}

const targets = ["pool", "redirect", "static"];

function checkTarget({ path, fields }: RawRoute): Problem[] {
  const [first, ...others] = targets.filter((target) => fields[target] !== undefined);
  if (first === undefined) {
    const remedy =
      "Name the pool that answers, or say where clients are sent, or which folder has the files.";
    return [{ path: [...path, "pool"], value: undefined, rule: "be set, or redirect or static", remedy }];
  }
  return others.map((other) => ({
    path: [...path, other],
    value: fields[other],
    rule: `be left out where ${first} is set`,
    remedy: "Keep one of them.",
  }));
}

const withoutPool = ["protocol", "rewrite", "cache", "streamsUploads", "stream"];
const withoutGrpc = ["cache", "streamsUploads", "stream"];

/** Finds settings that have no effect beside others. */
function checkTogether({ path, fields }: RawRoute): Problem[] {
  const refuse = (names: string[], beside: string): Problem[] =>
    names
      .filter((name) => fields[name] !== undefined)
      .map((name) => ({
        path: [...path, name],
        value: fields[name],
        rule: `be left out beside ${beside}`,
        remedy: "Remove it.",
      }));
  const cache = asRecord(fields.cache);
  return [
    ...(fields.redirect !== undefined ? refuse(withoutPool, "redirect") : []),
    ...(fields.static !== undefined ? refuse(withoutPool, "static") : []),
    ...(fields.protocol === "grpc" ? refuse(withoutGrpc, "protocol grpc") : []),
    ...(fields.stream !== undefined ? refuse(["cache"], "stream") : []),
    ...(cache?.immutable === true && cache.browserSeconds === undefined
      ? [
          {
            path: [...path, "cache", "browserSeconds"],
            value: undefined,
            rule: "be set where immutable is true",
            remedy: "Set the seconds for which browsers keep an answer, like 31536000.",
          },
        ]
      : []),
  ];
}

function checkPath({ path: at, fields: { path = "/", match = "prefix" } }: RawRoute): Problem[] {
  if (typeof path !== "string" || match === "regex" || /^\/[^\s"'`\\{};?#]*$/.test(path)) return [];
  const rule = "start with / and hold no spaces, quotes, backslashes or any of { } ; ? #";
  const remedy = /[\\^$|?+(]/.test(path) ? { remedy: "For a regular expression, set match to regex." } : {};
  return [{ path: [...at, "path"], value: path, rule, ...remedy }];
}

/** Finds permissions that browsers refuse. */
export function checkCors(path: (string | number)[], cors: unknown): Problem[] {
  const { origins, credentials } = asRecord(cors) ?? {};
  if (credentials !== true || !asList(origins).includes("*")) return [];
  const remedy = "Browsers refuse cookies for every site: name the origins.";
  return [{ path: [...path, "origins"], value: "*", rule: "name origins where credentials is true", remedy }];
}
