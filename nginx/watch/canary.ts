import fs from "fs";
import { places } from "../places";
import { type Compared, type Comparison, fineClassOf } from "../comparison";
import { type Add, hasFailed, keyOf, switched } from "./counters";
import type { LoggedRequest } from "./lines";
import type { Replica } from "./replicas";

/** A step of an update that compares new replicas with old ones. */
export interface CanaryStep {
  id: string;
  /** Pools whose replicas are compared. */
  pools: Set<string>;
  /** The new ones, as Nginx calls them. */
  fresh: Set<string>;
}

const metric = "canary";

/** Reads the step that goes on; undefined where none does. */
export function readCanaryStep(): CanaryStep | undefined {
  try {
    return parseCanaryStep(fs.readFileSync(places.canary, "utf8"));
  } catch {
    return undefined;
  }
}

/** The step's word in the first line, and a new replica in each other: its pool, and Nginx' name for it. */
export function parseCanaryStep(text: string): CanaryStep {
  const [id = "", ...lines] = text.trim().split("\n");
  const replicas = lines.map((line) => line.split(" "));
  return {
    id,
    pools: new Set(replicas.map(([pool = ""]) => pool)),
    fresh: new Set(replicas.map(([, name = ""]) => name)),
  };
}

/** Counts the tries of a request at replicas that are compared. How long a stream stays open compares nothing. */
export function compareTries(
  request: LoggedRequest,
  times: number,
  { step, replicas }: { step: CanaryStep; replicas: Map<string, Replica> },
  add: Add,
): void {
  for (const each of request.tries) {
    const replica = replicas.get(each.address);
    if (replica === undefined || !step.pools.has(replica.upstream) || each.status === switched) continue;
    const isFresh = step.fresh.has(replica.name);
    const side = isFresh ? "fresh" : "old";
    const failed = hasFailed(request, each);
    const count = (...labels: string[]): void => {
      add(keyOf(metric, step.id, ...labels), times);
    };
    count("class", replica.upstream, side, String(fineClassOf(each.seconds)));
    if (failed) count("failed", replica.upstream, side);
    if (!isFresh) continue;
    count("replica", replica.name);
    if (failed) count("replica-failed", replica.name);
  }
}

/** Forgets what was counted in another step. */
export function forgetSteps(step: CanaryStep | undefined): void {
  const known = ngx.shared.flotilla_watch.get(metric) ?? "";
  const now = step?.id ?? "";
  if (known === now) return;
  for (const key of ngx.shared.flotilla_counts.keys(100_000))
    if (key.startsWith(`${metric}\t`)) ngx.shared.flotilla_counts.delete(key);
  ngx.shared.flotilla_watch.set(metric, now);
}

/** The counts of a step so far. */
export function summarizeStep(step: CanaryStep, counters: Map<string, number>): Comparison {
  const make = (): Compared => ({ requests: 0, failed: 0, classes: {} });
  const pools: Comparison["pools"] = {};
  const replicas: Comparison["replicas"] = {};
  for (const pool of step.pools) pools[pool] = { fresh: make(), old: make() };
  for (const name of step.fresh) replicas[name] = { requests: 0, failed: 0 };
  for (const [key, value] of counters) {
    const [first, id, what, name = "", side = "", fineClass = ""] = key.split("\t");
    if (first !== metric || id !== step.id) continue;
    const [compared, replica] = [pools[name]?.[side === "fresh" ? "fresh" : "old"], replicas[name]];
    if (what === "class" && compared !== undefined) {
      compared.requests += value;
      compared.classes[fineClass] = value;
    }
    if (what === "failed" && compared !== undefined) compared.failed = value;
    if (what === "replica" && replica !== undefined) replica.requests = value;
    if (what === "replica-failed" && replica !== undefined) replica.failed = value;
  }
  return { id: step.id, pools, replicas };
}
