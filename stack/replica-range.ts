import { asRecord, makeUnknownKeyProblem, type Problem } from "../components/arguments/problems";
import { mostReplicas } from "../components/service/schema";
import type { ReplicaRange } from "./replica-counts";
import { readScaling } from "./scaling";

type Bound = "initial" | "min" | "max";

const defaultRange: Record<Bound, number> = { initial: 1, min: 1, max: mostReplicas };

/** A pool's range and its problems. */
export interface ReplicaRangeReading {
  /** The range; the default one when the configuration's is wrong. */
  range: ReplicaRange;
  /** Its problems. */
  problems: Problem[];
}

/** Reads a pool's `replicas`: a number to start with, or an object of initial, min, max and scaling. */
export function readReplicaRange(
  path: (string | number)[],
  pool: Record<string, unknown>,
): ReplicaRangeReading {
  const { replicas } = pool;
  const fields = asRecord(replicas);
  // A plain number is checked with the rest of the pool.
  if (fields === undefined) {
    return { range: isCount(replicas) ? { ...defaultRange, initial: replicas } : defaultRange, problems: [] };
  }
  const known = [...Object.keys(defaultRange), "scaling"];
  const unknown = Object.keys(fields).filter((key) => !known.includes(key));
  const problems = unknown.map((key) => makeUnknownKeyProblem(path, key, known));
  const read = (field: Bound, fallback: number | undefined): number | undefined => {
    const value = fields[field] === undefined ? fallback : fields[field];
    if (isCount(value)) return value;
    problems.push({ path: [...path, field], value, rule: `be a whole number from 1 to ${mostReplicas}` });
    return undefined;
  };
  const initial = read("initial", undefined);
  const min = read("min", defaultRange.min);
  const max = read("max", defaultRange.max);
  if (initial === undefined || min === undefined || max === undefined)
    return { range: defaultRange, problems };
  if (initial < min || initial > max) {
    const rule = min > max ? `be at most max (${max})` : `be from min to max (${min} to ${max})`;
    const [field, value] = min > max ? ["min", min] : ["initial", initial];
    problems.push({ path: [...path, field], value, rule });
    return { range: defaultRange, problems };
  }
  const range = { initial, min, max };
  if (fields.scaling === undefined) return { range, problems };
  if (fields.max === undefined) {
    const rule = "be set where scaling is";
    problems.push({
      path: [...path, "max"],
      value: undefined,
      rule,
      remedy: "It bounds what a load can cost.",
    });
  }
  const { scaling, problems: wrong } = readScaling([...path, "scaling"], fields.scaling, range, pool);
  problems.push(...wrong);
  return { range: scaling === undefined ? range : { ...range, scaling }, problems };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= mostReplicas;
}
