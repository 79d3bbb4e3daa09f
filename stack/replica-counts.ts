import type { Problem } from "../components/arguments/problems";
import type { Scaling } from "./scaling";
import { findPrevious, listItems, refusePool } from "./told-pools";
import { replicasVariable } from "./variables";

/** How many replicas a pool starts with, and between which numbers it may be scaled. */
export interface ReplicaRange {
  /** Number of the first deployment, and after each edit of this value. */
  initial: number;
  /** Least number. */
  min: number;
  /** Greatest number. */
  max: number;
  /** By what an autoscaler changes it; undefined where none is wanted. */
  scaling?: Scaling;
}

/** A pool's range and how many replicas it has now; kept in the stack's outputs. */
export interface ReplicaState extends ReplicaRange {
  /** Number of replicas to run. */
  current: number;
}

/** The numbers of replicas, and the problems of the override. */
export interface ResolvedReplicas {
  /** The state of each pool, by name. */
  states: Record<string, ReplicaState>;
  /** The override's problems. */
  problems: Problem[];
}

/** Decides each pool's number of replicas: the override, else the last deployment's, else the initial one. */
export function resolveReplicas(
  ranges: Record<string, ReplicaRange>,
  previous: unknown,
  override: string | undefined,
): ResolvedReplicas {
  const { counts, problems } = readOverride(ranges, override);
  const states = Object.entries(ranges).map(([name, range]): [string, ReplicaState] => {
    const current = counts.get(name) ?? readPrevious(range, previous, name) ?? range.initial;
    return [name, { ...range, current: Math.min(Math.max(current, range.min), range.max) }];
  });
  return { states: Object.fromEntries(states), problems };
}

function readPrevious(range: ReplicaRange, previous: unknown, name: string): number | undefined {
  const state = findPrevious(previous, name);
  // An edit of the initial number is newer than whatever scaled the pool before.
  if (state?.initial !== range.initial) return undefined;
  return typeof state.current === "number" && Number.isInteger(state.current) ? state.current : undefined;
}

function readOverride(
  ranges: Record<string, ReplicaRange>,
  override: string | undefined,
): { counts: Map<string, number>; problems: Problem[] } {
  const counts = new Map<string, number>();
  const problems: Problem[] = [];
  for (const item of listItems(override)) {
    const [, name, text] = /^([^=]*[^=\s])\s*=\s*(.*)$/.exec(item) ?? [];
    if (name === undefined || text === undefined) {
      const rule = "be a list of pool=number";
      problems.push({ path: [replicasVariable], value: item, rule, remedy: "Write it like api=3,web=2." });
      continue;
    }
    const path = [replicasVariable, name];
    const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
    if (range === undefined) {
      problems.push(refusePool(replicasVariable, name, ranges));
    } else if (counts.has(name)) {
      problems.push({ path, value: text, rule: "be given once", remedy: "Keep one number." });
    } else {
      const count = /^\d+$/.test(text) ? Number(text) : undefined;
      counts.set(name, count ?? range.initial);
      if (count === undefined || count < range.min || count > range.max) {
        const rule = `be a whole number from ${range.min} to ${range.max}`;
        const remedy = `Other numbers need another min or max at pools.${name}.replicas in the configuration.`;
        problems.push({ path, value: count ?? text, rule, remedy });
      }
    }
  }
  return { counts, problems };
}
