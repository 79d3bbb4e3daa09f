import { posix } from "node:path";
import { asList, asRecord, findNearest, suggest, type Problem } from "./problems";

interface RawPool {
  name: string;
  path: (string | number)[];
  fields: Record<string, unknown>;
}

const poolName = /^[a-z][a-z0-9-]{0,30}$/;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const reservedPoolNames = ["balancer", "localhost", "public"];

/** Finds what is wrong between fields, in data whose own shape may be wrong too. */
export function findRuleProblems(args: unknown): Problem[] {
  const service = asRecord(args) ?? {};
  const described = asRecord(service.pools);
  const pools = Object.entries(described ?? {}).map(([name, fields]): RawPool => ({
    name,
    path: ["pools", name],
    fields: asRecord(fields) ?? {},
  }));
  const balancer = asRecord(service.balancer) ?? {};
  return [
    ...pools.flatMap((pool) => [
      ...checkName(pool),
      ...(asRecord(described?.[pool.name]) === undefined ? [] : checkImage(pool)),
      ...checkVariables(pool),
      ...checkContainerPaths(pool),
      ...checkHealth(pool),
      ...checkReservations(pool.path, pool.fields),
      ...checkTimeouts(pool),
      ...checkReferences(pool, pools),
    ]),
    ...checkOrder(pools),
    ...(described === undefined ? [] : checkPublicPools(pools, service.routes)),
    ...checkRoutes(pools, asList(service.routes)),
    ...checkReservations(["balancer"], balancer),
  ];
}

function checkName({ name, path }: RawPool): Problem[] {
  if (!poolName.test(name)) {
    const rule = "have a name of at most 31 lower-case letters, digits and hyphens that starts with a letter";
    return [{ path, value: name, rule, remedy: "The name becomes a host name." }];
  }
  if (!reservedPoolNames.includes(name)) return [];
  return [{ path, value: name, rule: `have a name other than ${reservedPoolNames.join(", ")}` }];
}

function checkExactlyOne(
  path: (string | number)[],
  fields: Record<string, unknown>,
  first: string,
  second: string,
  remedy: string,
): Problem[] {
  const hasFirst = fields[first] !== undefined;
  const hasSecond = fields[second] !== undefined;
  if (hasFirst !== hasSecond) return [];
  if (!hasFirst) return [{ path: [...path, first], value: undefined, rule: `be set, or ${second}`, remedy }];
  const rule = `be left out where ${first} is set`;
  return [{ path: [...path, second], value: fields[second], rule, remedy: "Keep one of the two." }];
}

function checkImage({ path, fields }: RawPool): Problem[] {
  return checkExactlyOne(path, fields, "image", "build", "Set an image, or a build with its context.");
}

function checkVariables({ path, fields }: RawPool): Problem[] {
  const problems: Problem[] = [];
  const env = asRecord(fields.env) ?? {};
  for (const field of ["env", "secrets"]) {
    for (const [name, value] of Object.entries(asRecord(fields[field]) ?? {})) {
      const found = { path: [...path, field, name], value };
      if (!variableName.test(name)) {
        problems.push({
          ...found,
          rule: "have a name of letters, digits and underscores that does not start with a digit",
        });
      }
      if (name === "INSTANCE_ID") {
        problems.push({ ...found, rule: "be left to Flotilla, which sets it", remedy: "Remove it." });
      }
      if (field === "secrets" && Object.hasOwn(env, name)) {
        problems.push({
          ...found,
          rule: "be in env or in secrets, not in both",
          remedy: "Keep it in secrets if nobody may read it.",
        });
      }
    }
  }
  return problems;
}

function checkContainerPaths({ path, fields }: RawPool): Problem[] {
  const problems: Problem[] = [];
  const taken = new Set<string>();
  const take = (at: (string | number)[], containerPath: string, value: unknown): void => {
    const normal = posix.normalize(containerPath).replace(/(?<=.)\/$/, "");
    if (taken.has(normal)) {
      const rule = "have a path of its own in the container";
      problems.push({ path: at, value, rule, remedy: "Another mount or file has the same one." });
    }
    taken.add(normal);
  };
  for (const [index, mount] of asList(fields.mounts).entries()) {
    const at = [...path, "mounts", index];
    const mountFields = asRecord(mount);
    if (mountFields === undefined) continue;
    const remedy = "Set the volume's name, or a folder of the host.";
    problems.push(...checkExactlyOne(at, mountFields, "volume", "hostPath", remedy));
    if (typeof mountFields.path === "string") take([...at, "path"], mountFields.path, mountFields.path);
  }
  for (const field of ["files", "secretFiles"]) {
    for (const [containerPath, value] of Object.entries(asRecord(fields[field]) ?? {})) {
      const at = [...path, field, containerPath];
      if (/^\/.*[^/]$/s.test(containerPath)) take(at, containerPath, value);
      else
        problems.push({ path: at, value, rule: "stand under the absolute path of a file in the container" });
    }
  }
  return problems;
}

function checkHealth({ path, fields }: RawPool): Problem[] {
  const { intervalSeconds: interval, timeoutSeconds: timeout } = asRecord(fields.healthCheck) ?? {};
  // Left out, each follows the other.
  if (typeof interval !== "number" || typeof timeout !== "number" || timeout <= interval) return [];
  return [
    {
      path: [...path, "healthCheck", "timeoutSeconds"],
      value: timeout,
      rule: `be at most intervalSeconds (${interval})`,
      remedy: `Set it to ${interval} or less, or intervalSeconds to ${timeout} or more.`,
    },
  ];
}

function checkTimeouts({ path, fields }: RawPool): Problem[] {
  const { readSeconds: read, retrySeconds: retry } = asRecord(fields.timeouts) ?? {};
  if (typeof read !== "number" || typeof retry !== "number" || read < retry) return [];
  return [
    {
      path: [...path, "timeouts", "readSeconds"],
      value: read,
      rule: `be less than retrySeconds (${retry})`,
      remedy: "Or a request to a hung replica is never tried again.",
    },
  ];
}

function checkReservations(path: (string | number)[], fields: Record<string, unknown>): Problem[] {
  const limits = asRecord(fields.limits) ?? {};
  const reservations = asRecord(fields.reservations) ?? {};
  return ["cpus", "memoryMiB"].flatMap((field): Problem[] => {
    const limit = limits[field];
    const reservation = reservations[field];
    if (typeof limit !== "number" || typeof reservation !== "number" || reservation <= limit) return [];
    const rule = `be at most the limit (${limit})`;
    const remedy = `Lower it, or raise limits.${field}.`;
    return [{ path: [...path, "reservations", field], value: reservation, rule, remedy }];
  });
}

function checkReferences({ name, path, fields }: RawPool, pools: RawPool[]): Problem[] {
  const others = pools.map((other) => other.name).filter((other) => other !== name);
  return ["startAfter", "reachableFrom"].flatMap((field) =>
    asList(fields[field]).flatMap((value, index): Problem[] => {
      if (typeof value !== "string" || others.includes(value)) return [];
      const remedy = value === name ? "Remove it." : suggest(value, others, "other pools");
      return [{ path: [...path, field, index], value, rule: "name another pool", remedy }];
    }),
  );
}

function checkOrder(pools: RawPool[]): Problem[] {
  const problems: Problem[] = [];
  const predecessors = new Map(
    pools.map(({ name, fields }) => {
      const named = [...asList(fields.startAfter)];
      const reachable = pools.filter((other) => asList(other.fields.reachableFrom).includes(name));
      const before = [...named, ...reachable.map((other) => other.name)];
      return [name, new Set(before.filter((other) => other !== name))] as const;
    }),
  );
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
    for (const before of predecessors.get(name) ?? []) {
      if (typeof before === "string") visit(before, [...trail, name]);
    }
    finished.add(name);
  };
  for (const { name } of pools) visit(name, []);
  return problems;
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

function checkRoutes(pools: RawPool[], routes: unknown[]): Problem[] {
  const publicNames = listPublicNames(pools);
  const seen = new Map<string, number>();
  return routes.flatMap((value, index): Problem[] => {
    const route = asRecord(value);
    if (route === undefined) return [];
    const problems: Problem[] = [];
    const { pool, host, path = "/" } = route;
    if (typeof pool === "string" && !publicNames.includes(pool)) {
      const isInternal = pools.some(({ name }) => name === pool);
      problems.push({
        path: ["routes", index, "pool"],
        value: pool,
        rule: "name a public pool",
        remedy: isInternal
          ? `Remove the route, or reachableFrom of ${pool}.`
          : suggest(pool, publicNames, "public pools"),
      });
    }
    if (typeof path === "string" && (host === undefined || typeof host === "string")) {
      const key = JSON.stringify([host?.toLowerCase(), path]);
      const first = seen.get(key);
      if (first !== undefined) {
        const rule = `differ from routes[${first}] in host or path`;
        problems.push({
          path: ["routes", index],
          value: `${host ?? ""}${path}`,
          rule,
          remedy: "Remove one.",
        });
      }
      seen.set(key, first ?? index);
    }
    return problems;
  });
}
