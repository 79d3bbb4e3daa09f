import { boundOf, type Compared } from "../nginx/comparison";
import { findTail } from "./binomial";
import type { Canary } from "./canary-settings";

/** A fault of new replicas, as it continues "The canary of api …", and what to do about it. */
export interface Fault {
  text: string;
  remedy: string;
}

/** A step of a pool, as far as it has come. */
export interface Judged {
  fresh: Compared;
  old: Compared;
  /** Share of the new replicas, in per cent. */
  percent: number;
  /** Seconds since it began. */
  seconds: number;
}

/** A pass, a fault, or neither yet. */
export type Verdict = { is: "open" } | { is: "passed"; because: string } | { is: "bad"; fault: Fault };

/**
 * Chances of a version within its limits to look bad all the same: at the end of a step, and at any of the many looks before.
 * A few failures among few requests are no reason to undo an update, and so many that chance does not explain them are at once.
 */
const [endChance, earlyChance] = [0.01, 0.0001];

/** Part of what is expected of a share below which replicas answer too little. */
const silentPart = 0.25;

/** Judges a step by what was answered in it. */
export function judgeStep(judged: Judged, canary: Canary): Verdict {
  const { fresh, old, seconds } = judged;
  const isOver = seconds >= canary.seconds;
  const chance = isOver ? endChance : earlyChance;
  const fault = findFailures(judged, canary, chance) ?? findSlowness(judged, canary, chance);
  if (fault !== undefined) return { is: "bad", fault };
  if (!isOver) return { is: "open" };
  if (fresh.requests >= canary.leastRequests && old.requests >= canary.leastRequests)
    return { is: "passed", because: describeBoth(judged) };
  const isIdle = fresh.requests + old.requests === 0;
  if (!isIdle && seconds < canary.mostSeconds) return { is: "open" };
  const silence = findSilence(judged, canary);
  if (silence !== undefined) return { is: "bad", fault: silence };
  const few = `${fresh.requests} requests to new replicas and ${old.requests} to old ones in ${Math.floor(seconds)} s`;
  return {
    is: "passed",
    because: `by health alone: ${few} are too few (leastRequests ${canary.leastRequests})`,
  };
}

function findFailures({ fresh, old }: Judged, { errorPercent }: Canary, chance: number): Fault | undefined {
  // As if of two more requests one had failed: of few, none that failed proves little.
  const usual = (old.failed + 1) / (old.requests + 2);
  const allowed = Math.min(1, (old.requests < 100 ? usual : rateOf(old)) + errorPercent / 100);
  if (findTail(fresh.requests, fresh.failed, allowed) >= chance) return undefined;
  return {
    text: `${describeFailures(fresh)} to its new replicas failed, and ${describeFailures(old)} to the old ones: ${errorPercent} per cent more may`,
    remedy: "canary.errorPercent",
  };
}

function findSlowness({ fresh, old }: Judged, canary: Canary, chance: number): Fault | undefined {
  const { leastRequests, slowdown, slowdownSeconds, p95Seconds = Infinity } = canary;
  if (fresh.requests < leastRequests) return undefined;
  const before = old.requests < leastRequests ? Infinity : findP95(old);
  const relative = Math.max(before * slowdown, before + slowdownSeconds);
  const limit = Math.min(relative, p95Seconds);
  if (limit === Infinity || findTail(fresh.requests, countSlower(fresh, limit), 0.05) >= chance)
    return undefined;
  return {
    text: `the P95 of its new replicas is ${showMs(findP95(fresh))} over ${fresh.requests} requests, and that of the old ones ${showMs(findP95(old))} over ${old.requests}: at most ${showMs(limit)} may be`,
    remedy: limit === relative ? "canary.slowdown or canary.slowdownSeconds" : "canary.p95Seconds",
  };
}

/** New replicas that take requests and do not answer them fail none for as long as nobody gives up. */
function findSilence({ fresh, old, percent, seconds }: Judged, canary: Canary): Fault | undefined {
  const expected = Math.round((old.requests * percent) / (100 - percent));
  if (canary.sharesClients || expected < canary.leastRequests || fresh.requests >= expected * silentPart)
    return undefined;
  return {
    text: `its new replicas have answered ${fresh.requests} requests in ${Math.floor(seconds)} s, and some ${expected} were their share`,
    remedy: "canary.mostSeconds",
  };
}

/** Numbers of both sides, for who reads how a step was passed. */
function describeBoth({ fresh, old }: Judged): string {
  const describe = (side: Compared): string =>
    `${side.failed} of ${side.requests} failed, P95 ${showMs(findP95(side))}`;
  return `${describe(fresh)}; old ones: ${describe(old)}`;
}

function describeFailures(side: Compared): string {
  return `${side.failed} of ${side.requests} requests (${Number((rateOf(side) * 100).toFixed(1))} %)`;
}

function rateOf({ requests, failed }: Compared): number {
  return requests === 0 ? 0 : failed / requests;
}

function showMs(seconds: number): string {
  return `${Number((seconds * 1000).toPrecision(3))} ms`;
}

/** The duration below which 95 of 100 tries are; 0 where there was none. */
export function findP95({ requests, classes }: Compared): number {
  let seen = 0;
  for (const [fineClass, count] of sortClasses(classes)) {
    seen += count;
    if (requests > 0 && seen >= requests * 0.95) return boundOf(fineClass);
  }
  return 0;
}

/** Number of tries that certainly took longer. */
function countSlower({ classes }: Compared, seconds: number): number {
  return sortClasses(classes)
    .filter(([fineClass]) => fineClass > 0 && boundOf(fineClass - 1) >= seconds)
    .reduce((sum, [, count]) => sum + count, 0);
}

function sortClasses(classes: Compared["classes"]): [fineClass: number, count: number][] {
  return Object.entries(classes)
    .map(([fineClass, count]): [number, number] => [Number(fineClass), count])
    .sort(([one], [other]) => one - other);
}
