import { findReached, sortPools } from "../../components/service/pool/order";
import type { Context, Unit } from "./context";

/** Decides who reaches whom: internal pools, those that start after others, and networks that stay. */
export function connectPools(context: Context): void {
  const { report, settings } = context;
  for (const unit of context.applications) {
    const pool = settings.pools[unit.name];
    if (pool === undefined || unit.port === undefined || unit.isPublic) continue;
    const [{ name, fields, placeOf }] = unit.services;
    const known = context.applications.filter((other) => other !== unit && other.reaches.has(unit));
    const near = context.applications.filter((other) => other !== unit && sharesNetwork(unit, other));
    // A port that an image alone names may be of another of its commands, as with workers of a queue.
    const callers = known.length > 0 || fields.expose.length === 0 ? known : near;
    if (callers.length === 0) {
      // Nobody reaches it, so it is no more than a worker.
      delete pool.port;
      delete pool.balancing;
      unit.port = undefined;
      report.change(
        placeOf(),
        name,
        "becomes a worker without a port, as nobody reaches it. For clients, give it a port and a route.",
      );
      continue;
    }
    pool.reachableFrom = callers.map((caller) => caller.name);
    if (known.length === 0)
      report.change(
        placeOf(),
        name,
        `is reached by ${pool.reachableFrom.join(", ")}, who share a network with it. Leave out of reachableFrom who does not use it.`,
      );
    else report.take(placeOf(), name, `pools.${unit.name}.reachableFrom`, pool.reachableFrom.join(", "));
    breakCircles(unit, context);
  }
  for (const unit of context.applications) {
    startLater(unit, context);
    joinNetworks(unit, context);
    tellInnerPublic(unit, context);
  }
}

function sharesNetwork(one: Unit, other: Unit): boolean {
  const names = ({ services: [{ fields }] }: Unit): string[] => {
    const found = Object.keys(fields.networks);
    return found.length === 0 ? ["default"] : found;
  };
  return names(one).some((name) => names(other).includes(name));
}

function breakCircles(unit: Unit, { settings, report }: Context): void {
  const pool = settings.pools[unit.name];
  for (const caller of [...(pool?.reachableFrom ?? [])]) {
    if (!isCircle(settings.pools)) return;
    if (pool?.reachableFrom === undefined || pool.reachableFrom.length === 1) continue;
    pool.reachableFrom = pool.reachableFrom.filter((name) => name !== caller);
    const [{ name, placeOf }] = unit.services;
    report.leave(
      placeOf(),
      name,
      `is reached by ${caller} too, and reaches it: pools start one before the other. Let one of the two come through the balancer.`,
    );
  }
}

type Pools = Record<string, { startAfter?: string[]; reachableFrom?: string[] }>;

function isCircle(pools: Pools): boolean {
  const whole = Object.fromEntries(
    Object.entries(pools).map(([name, { startAfter = [], reachableFrom }]) => [
      name,
      { startAfter, reachableFrom },
    ]),
  );
  const order = sortPools(whole);
  const before = (name: string): string[] => [
    ...(whole[name]?.startAfter ?? []),
    ...findReached(whole, name),
  ];
  return order.some((name, at) => before(name).some((other) => order.indexOf(other) > at));
}

/** Pools that a service waits for, and that it does not reach anyway. */
function startLater(unit: Unit, context: Context): void {
  const { settings, report } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const pool = settings.pools[unit.name];
  if (pool === undefined) return;
  for (const other of Object.keys(fields.depends_on)) {
    const found = context.findUnit(other);
    const target = found === undefined ? undefined : settings.pools[found.name];
    if (found === undefined || target === undefined || found === unit) continue;
    if (target.reachableFrom?.includes(unit.name) === true) continue;
    const before = pool.startAfter ?? [];
    pool.startAfter = [...before, found.name];
    const place = placeOf("depends_on", other);
    if (!isCircle(settings.pools))
      report.take(place, `${name}.depends_on.${other}`, `pools.${unit.name}.startAfter`);
    else {
      if (before.length === 0) delete pool.startAfter;
      else pool.startAfter = before;
      report.change(
        place,
        `${name}.depends_on.${other}`,
        "is left out: the other one reaches this pool, and so starts after it.",
      );
    }
  }
}

/** Networks of others, and those on which what goes on in Compose is. */
function joinNetworks(unit: Unit, { settings, project, report }: Context): void {
  const [{ name, fields, placeOf }] = unit.services;
  const pool = settings.pools[unit.name];
  if (pool === undefined) return;
  const used = Object.keys(fields.networks);
  const full = (network: string): string =>
    project.fields.networks[network]?.name ??
    (project.fields.networks[network]?.external === true ? network : `${project.name}_${network}`);
  const external = used.filter((network) => project.fields.networks[network]?.external === true);
  const keeps = [...unit.reaches].some(({ kind }) => kind.is === "kept");
  const own = keeps ? (used.length === 0 ? ["default"] : used) : [];
  const joined = [...new Set([...external, ...own].map(full))];
  if (joined.length === 0) return;
  pool.networks = joined;
  report.take(
    placeOf(used.length === 0 ? "depends_on" : "networks"),
    `${name}.networks`,
    `pools.${unit.name}.networks`,
    joined.join(", "),
  );
}

/** Pools that clients and other pools reach alike. */
function tellInnerPublic(unit: Unit, { applications, report }: Context): void {
  if (!unit.isPublic) return;
  const [{ name, placeOf }] = unit.services;
  const callers = applications.filter(
    (other) =>
      other !== unit &&
      other.reaches.has(unit) &&
      other.services.some(({ fields }) => mentions(fields.environment, unit)),
  );
  if (callers.length === 0) return;
  report.leave(
    placeOf(),
    name,
    `${callers.map((caller) => caller.name).join(", ")} reaches it by name, and clients by a route: a pool is one or the other. Let these come through the balancer (at the host's address and balancer.port), or make a second pool of the same image with reachableFrom.`,
  );
}

function mentions(environment: Record<string, string | null>, unit: Unit): boolean {
  return Object.values(environment).some((value) =>
    unit.services.some(
      ({ name }) => value?.includes(`//${name}`) === true || value?.includes(`${name}:`) === true,
    ),
  );
}
