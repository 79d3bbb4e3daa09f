import { posix } from "node:path";
import { asList, asRecord, suggest, type Problem } from "../arguments/problems";
import { checkExactlyOne, listPools, type RawPool } from "../arguments/raw-args";

const poolName = /^[a-z][a-z0-9-]{0,30}$/;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const reservedPoolNames = ["balancer", "localhost", "public"];

/** Finds what is wrong between fields, in data whose own shape may be wrong too. */
export function findRuleProblems(args: unknown): Problem[] {
  const service = asRecord(args) ?? {};
  const pools = listPools(args);
  const described = asRecord(service.pools);
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

function checkImage({ path, fields }: RawPool): Problem[] {
  return checkExactlyOne(path, fields, ["image", "build"], "Set an image, or a build with its context.");
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
    const remedy = "Set the name of a shared volume, of any Docker volume, or a folder of the host.";
    problems.push(...checkExactlyOne(at, mountFields, ["shared", "volume", "hostPath"], remedy));
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
