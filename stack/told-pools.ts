import { asRecord, type Problem, suggest } from "../components/arguments/problems";

/** The items of an override, such as `api=3,web=2`. */
export function listItems(override: string | undefined): string[] {
  return (override ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** The part of a pool in an output of the deployment before; undefined where it has none. */
export function findPrevious(output: unknown, pool: string): Record<string, unknown> | undefined {
  const states = asRecord(output) ?? {};
  return Object.hasOwn(states, pool) ? asRecord(states[pool]) : undefined;
}

/** The problem of an override that names a pool that there is not. */
export function refusePool(variable: string, name: string, pools: object): Problem {
  const remedy = suggest(name, Object.keys(pools), "pools");
  return { path: [variable], value: name, rule: "name pools of the configuration", remedy };
}
