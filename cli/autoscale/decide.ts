import type { Scaling } from "../../stack/scaling";
import type { Measure, PoolLook } from "./look";
import { type Bounds, findBounds } from "./schedule";
import { forgive, isDoubtful, loadOf, type Trials, wasInVain } from "./trials";
import { listWishes, type Wish } from "./wishes";

/** A pool that is scaled, as its settings have it. */
export interface ScaledPool extends Bounds {
  pool: string;
  scaling: Scaling;
}

/** Why a pool gets another number, or keeps its own. */
export type Because =
  /** A figure asks for it. */
  | { by: Measure; measured: number; target: number }
  /** Its number is not within its bounds. */
  | { by: "schedule" | "bounds"; min: number; max: number }
  /** Nothing asks for another one. */
  | { by: "nothing" }
  /** Nobody serves, or figures cannot be had. */
  | { by: "unknown"; missing: Measure[] };

/** The future of a pool. */
export interface Decision {
  pool: string;
  at: number;
  from: number;
  to: number;
  /** The number that the figures of now ask for, within the bounds. */
  wished: number;
  because: Because;
  /** Seconds until it goes there, if the figures stay so; null where nothing else is wished. */
  waits: number | null;
  /** Measures that are above their targets and are not followed, as more replicas have not helped. */
  inVain: Measure[];
  /** Measures that cannot be had. */
  missing: Measure[];
  look: PoolLook;
}

/** All that an autoscaler remembers of a pool. */
export interface Past {
  /** Replicas at the last look, and since when there are that many. */
  replicas: number;
  since: number;
  /** Numbers that were wished since then. */
  wishes: { at: number; count: number }[];
  /** The decision of the last look, which the next one may find done. */
  decided: { to: number; by: Because["by"]; load: number } | undefined;
  /** When figures had it go down, as long as that may turn out to have been too early. */
  downAt: number | undefined;
  /** How many times as long as it is told it waits before it goes down. */
  patience: number;
  trials: Trials;
}

const mostPatience = 8;

/** Decides on a pool by how it is, and by what is remembered of it. */
export function decide(
  { pool, scaling, ...range }: ScaledPool,
  look: PoolLook,
  last: Past | undefined,
): { decision: Decision; past: Past } {
  const { at, replicas } = look;
  const past = remember(last, look, scaling);
  const wishes = listWishes(scaling, look);
  const isLong = at - past.since >= scaling.upAfterSeconds * 1000;
  past.trials = forgive(past.trials, wishes, look, isLong);
  const choice = choose(scaling, look, past, wishes, findBounds(scaling, range, at));
  const { to, because } = choice;
  if (to !== replicas) past.decided = { to, by: because.by, load: loadOf(look) };
  return { decision: { pool, at, from: replicas, ...choice, inVain: listInVain(past.trials), look }, past };
}

/** All that is remembered, with what the number of now says of the last decision. */
function remember(last: Past | undefined, look: PoolLook, { downAfterSeconds }: Scaling): Past {
  const { at, replicas } = look;
  if (last === undefined)
    return {
      ...{ replicas, since: at, wishes: [], decided: undefined },
      ...{ downAt: undefined, patience: 1, trials: {} },
    };
  const past = { ...last, decided: undefined };
  if (past.downAt !== undefined && at - past.downAt > downAfterSeconds * 1000 * past.patience)
    Object.assign(past, { downAt: undefined, patience: 1 });
  if (replicas === last.replicas) return past;
  Object.assign(past, { replicas, since: at, wishes: [] });
  const { decided } = last;
  if (decided?.to !== replicas || !isFigure(decided.by)) return past;
  if (replicas < last.replicas) return { ...past, downAt: at };
  if (isDoubtful(decided.by))
    past.trials = {
      ...past.trials,
      [decided.by]: { from: last.replicas, load: decided.load, isVain: false },
    };
  // It had to come back soon: a load that comes and goes is waited for.
  const patience = past.downAt === undefined ? past.patience : Math.min(mostPatience, past.patience * 2);
  return { ...past, downAt: undefined, patience };
}

function isFigure(by: Because["by"]): boolean {
  return !["schedule", "bounds", "nothing", "unknown"].includes(by);
}

function listInVain(trials: Trials): Measure[] {
  return (Object.keys(trials) as Measure[]).filter((by) => trials[by]?.isVain === true);
}

type Choice = Pick<Decision, "to" | "wished" | "because" | "waits" | "missing">;

/** Chooses a number, and notes in what is remembered what was wished and what has turned out to be in vain. */
function choose(
  scaling: Scaling,
  look: PoolLook,
  past: Past,
  wishes: Wish[],
  { min, max, isScheduled }: Bounds & { isScheduled: boolean },
): Choice {
  const { replicas, well, isSettled } = look;
  const clamp = (count: number): number => Math.max(min, Math.min(max, count));
  const vain = listInVain(past.trials);
  const followed = wishes.filter(({ by }) => !vain.includes(by));
  const missing = followed.filter(({ count }) => count === undefined).map(({ by }) => by);
  const stay: Choice = { to: replicas, wished: replicas, because: { by: "nothing" }, waits: null, missing };
  if (clamp(replicas) !== replicas) {
    const to = clamp(replicas);
    return { ...stay, to, wished: to, because: { by: isScheduled ? "schedule" : "bounds", min, max } };
  }
  const known = followed.filter(isKnown);
  if (well === 0) return { ...stay, because: { by: "unknown", missing: [] } };
  if (known.length === 0) return { ...stay, because: { by: "unknown", missing } };

  const asked = Math.max(...known.map(({ count }) => count));
  // One that does not serve yet is not idle, and a figure that cannot be had says of none that it is.
  const isSure = isSettled && missing.length === 0;
  const wished = clamp(isSure ? asked : Math.max(asked, replicas));
  const { waits, lasting } = recall(scaling, look, past, wished);
  if (wished === replicas) return stay;

  const isUp = wished > replicas;
  const because = explain(known, replicas, isUp);
  if (waits > 0) return { ...stay, wished, because, waits };
  const { by } = because;
  const trial = isDoubtful(by) ? past.trials[by] : undefined;
  if (isUp && trial !== undefined && wasInVain(trial, look)) {
    past.trials = { ...past.trials, [by]: { ...trial, isVain: true } };
    return { ...stay, because };
  }
  // No more than twice as many, and no fewer than half, in one step.
  const to = isUp ? Math.min(...lasting, replicas * 2) : Math.max(...lasting, Math.ceil(replicas / 2));
  return { ...stay, to, wished, because };
}

/** Notes a wish; says how long it has to last yet, and which numbers were wished while it lasted. */
function recall(
  { upAfterSeconds, downAfterSeconds }: Scaling,
  { at, replicas }: PoolLook,
  past: Past,
  wished: number,
): { waits: number; lasting: number[] } {
  const down = downAfterSeconds * past.patience;
  const isWithin = (each: { at: number }, seconds: number): boolean => at - each.at <= seconds * 1000;
  past.wishes = [
    ...past.wishes.filter((each) => isWithin(each, Math.max(upAfterSeconds, down))),
    { at, count: wished },
  ];
  const isSame = ({ count }: { count: number }): boolean =>
    wished > replicas ? count > replicas : count < replicas;
  const other = past.wishes.findLastIndex((each) => !isSame(each));
  const begun = past.wishes[other]?.at ?? past.since;
  const seconds = wished > replicas ? upAfterSeconds : down;
  return {
    waits: Math.max(0, Math.ceil(seconds - (at - begun) / 1000)),
    lasting: past.wishes
      .slice(other + 1)
      .filter((each) => isWithin(each, seconds))
      .map(({ count }) => count),
  };
}

type KnownWish = Wish & { count: number; measured: number };

function isKnown(wish: Wish): wish is KnownWish {
  return wish.count !== undefined;
}

/** The figure that asks for the most; on the way down, one that allows it. */
function explain(wishes: KnownWish[], replicas: number, isUp: boolean): Because {
  const ordered = [...wishes].sort((one, other) => other.count - one.count);
  const allows = ({ by, count }: KnownWish) => count < replicas && (by === "cpu" || by === "requests");
  const found = isUp ? ordered[0] : ordered.find(allows);
  return found === undefined
    ? { by: "nothing" }
    : { by: found.by, measured: found.measured, target: found.target };
}
