import { z } from "zod";
import { asList, asRecord, type Problem, suggest } from "../components/arguments/problems";
import { maintenanceVariable } from "./variables";

/** Maintenance that somebody has switched on besides the settings, until it is switched off; kept in the stack's outputs. */
export interface ToldMaintenance {
  /** The pool that does not answer; all when left out. */
  pool?: string | undefined;
  /** Text of the page that clients see. */
  message?: string | undefined;
  /** Client addresses that are served all the same. */
  allow?: string[] | undefined;
}

/** Maintenance that one run is told to switch on or off. */
export interface MaintenanceOverride extends ToldMaintenance {
  on: boolean;
}

const entry = z.strictObject({
  pool: z.string().optional(),
  message: z.string().optional(),
  allow: z.array(z.string()).optional(),
});
const override = entry.extend({ on: z.boolean() });

/** The maintenance that is on besides the settings, and the problems of the override. */
export interface ResolvedMaintenance {
  states: ToldMaintenance[];
  problems: Problem[];
}

/** Decides what is under maintenance besides the settings: as before, but for what the override switches on or off. */
export function resolveMaintenance(
  pools: unknown,
  previous: unknown,
  text: string | undefined,
): ResolvedMaintenance {
  const names = Object.entries(asRecord(pools) ?? {}).flatMap(([name, pool]) =>
    asRecord(pool)?.reachableFrom === undefined && asRecord(pool)?.port !== undefined ? [name] : [],
  );
  const kept = asList(previous).flatMap((each) => {
    const { data } = entry.safeParse(each);
    return data === undefined || (data.pool !== undefined && !names.includes(data.pool)) ? [] : [data];
  });
  if (text === undefined || text === "") return { states: kept, problems: [] };
  const told = readOverride(text);
  if (told === undefined) {
    const remedy = 'Write it like {"on":true,"pool":"api","message":"Back at noon."}.';
    return {
      states: kept,
      problems: [{ path: [maintenanceVariable], value: text, rule: "be JSON with on", remedy }],
    };
  }
  const { on, ...own } = told;
  if (own.pool !== undefined && !names.includes(own.pool)) {
    const [rule, remedy] = ["name a pool that clients reach", suggest(own.pool, names, "pools")];
    return { states: kept, problems: [{ path: [maintenanceVariable], value: own.pool, rule, remedy }] };
  }
  const others = kept.filter(({ pool }) => pool !== own.pool && (on || own.pool !== undefined));
  return { states: on ? [...others, own] : others, problems: [] };
}

function readOverride(text: string): MaintenanceOverride | undefined {
  try {
    return override.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Puts maintenance over what the settings say of the balancer and the routes; both are still to be checked. */
export function putMaintenance(
  service: Record<string, unknown>,
  states: ToldMaintenance[],
): Record<string, unknown> {
  let { balancer, routes } = service;
  for (const { pool, ...told } of states) {
    // Without routes the only public pool has everything.
    if (pool === undefined || routes === undefined) balancer = putInto(balancer, told);
    else
      routes = asList(routes).map((route) => (asRecord(route)?.pool === pool ? putInto(route, told) : route));
  }
  return { ...service, ...(balancer === undefined ? {} : { balancer }), ...(routes ? { routes } : {}) };
}

function putInto(value: unknown, told: Omit<ToldMaintenance, "pool">): unknown {
  const fields = value === undefined ? {} : asRecord(value);
  if (fields === undefined) return value;
  return { ...fields, maintenance: { ...asRecord(fields.maintenance), enabled: true, ...told } };
}
