import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../../engine/client";
import { type Part, readParts } from "../../engine/parts";
import { Failure, Misuse } from "../failure";
import type { Load } from "../load/load";
import type { Counted, Recorder, Summary } from "../load/record";
import { lookIntoBalancers } from "../operator/figures";
import { type DeployedStack, isWell } from "../operator/parts";

/** How a replica ends: the engine kills it and it is started again, or its processes end and the engine starts it again. */
export type Death = { how: "killed"; seconds: number } | { how: "crashed" };

/** The end of a replica, and its return. */
export interface Failover {
  pool: string;
  replica: string;
  how: Death["how"];
  /** Requests from its end until some seconds after it was back, by method. */
  methods: Counted[];
  statuses: Summary["statuses"];
  unanswered: Summary["unanswered"];
  slowestMs: number;
  /** Seconds until a request that was tried at it had failed there, so that others take its place; null where none was. */
  secondsUntilTried: number | null;
  /** Seconds until the balancer did not ask it any more; null where it was back before that. */
  secondsUntilOut: number | null;
  /** Seconds until the engine and the balancer found it healthy again; null where they did not. */
  secondsUntilBack: number | null;
}

/** Seconds until a replica has to be back. */
const mostSeconds = 180;
/** Seconds of load after it is back. */
const tailSeconds = 3;
const lookMs = 200;
/** Looks until a replica without processes has ended. */
const mostLooks = 50;

/** The replica that is to end: the last one of a pool that is well. */
export function chooseVictim(parts: Part[], pool: string | undefined, isAgreed: boolean): Part {
  const pools = parts.filter(({ role }) => role === "replica");
  const name = pool ?? pools[0]?.pool;
  const own = pools.filter((part) => part.pool === name || `${part.service}/${part.pool}` === name);
  const known = [...new Set(pools.map((part) => part.pool))];
  if (name === undefined || own.length === 0)
    throw new Misuse(
      `The pool must be one that takes requests (${known.join(", ") || "the stack has none"}), got ${pool ?? "nothing"}.`,
    );
  const well = own.filter(isWell);
  const victim = well.at(-1);
  if (victim === undefined) throw new Failure(`No replica of ${name} is well, so none is killed.`);
  if (well.length === 1 && !isAgreed)
    throw new Failure(
      `${name} has one replica that is well: while it is gone, nobody answers. Give it another one by scale, or add --yes.`,
    );
  return victim;
}

/** Ends a replica under load, and looks until it is back. */
export async function failOver(
  { engine, parts }: DeployedStack,
  { victim, death, load, isOver }: { victim: Part; death: Death; load: Load; isOver: () => boolean },
): Promise<Failover> {
  const recorder: Recorder = load.begin();
  const startedMs = load.elapsedMs();
  const seconds = (): number => Math.round((load.elapsedMs() - startedMs) / 100) / 10;
  let secondsUntilTried: number | null = null;
  let secondsUntilOut: number | null = null;
  let secondsUntilBack: number | null = null;
  const { errors: before } = await look(engine, parts, victim);
  try {
    await end(engine, victim, death);
    while (secondsUntilBack === null && seconds() < mostSeconds && !isOver()) {
      const state = await look(engine, parts, victim);
      if (state.errors > before) secondsUntilTried ??= seconds();
      if (state.isOut) secondsUntilOut ??= seconds();
      if (state.isBack) secondsUntilBack = seconds();
      if (death.how === "killed" && !state.runs && seconds() >= death.seconds)
        await engine.run(["start", victim.id]);
      await wait(lookMs);
    }
  } finally {
    // Whatever happened, it is not to stay away.
    if (death.how === "killed" && secondsUntilBack === null) await engine.attempt(["start", victim.id]);
  }
  if (!isOver()) await wait(tailSeconds * 1000);
  await load.stop();
  const { methods, statuses, unanswered, latency } = recorder.summarize();
  return {
    ...{ pool: victim.pool, replica: victim.title, how: death.how },
    ...{
      methods,
      statuses,
      unanswered,
      slowestMs: latency.max,
      secondsUntilTried,
      secondsUntilOut,
      secondsUntilBack,
    },
  };
}

async function end(engine: Engine, { id, title, startedAt }: Part, { how }: Death): Promise<void> {
  if (how === "killed") {
    await engine.run(["kill", "--signal=KILL", id]);
    return;
  }
  // Its first process, which the engine has put there, ends when all others have.
  await engine.inside(id, "kill -9 -1", { user: "0", seconds: 20 });
  for (let times = 0; times < mostLooks; times++) {
    const [part] = await readParts(engine, [id]);
    if (part?.state !== "running" || part.startedAt !== startedAt) return;
    await wait(lookMs);
  }
  throw new Failure(`The processes of ${title} cannot be ended from inside. Leave out --crash.`);
}

interface Look {
  runs: boolean;
  /** Tries at it that failed, as its balancer counts them: with each second. */
  errors: number;
  /** Whether no balancer asks it. */
  isOut: boolean;
  /** Whether it was started anew, and is well for the engine and for its balancer. */
  isBack: boolean;
}

async function look(engine: Engine, parts: Part[], victim: Part): Promise<Look> {
  const [looks, [part]] = await Promise.all([
    lookIntoBalancers(engine, parts),
    readParts(engine, [victim.id]),
  ]);
  const own = looks.filter(({ figures }) => figures?.pools.some(({ pool }) => pool === victim.pool));
  const known = own
    .flatMap(({ figures }) => figures?.replicas ?? [])
    .find(({ container }) => container === victim.name);
  const isOut = own.length > 0 && (known === undefined || known.state === "out");
  const runs = part?.state === "running";
  const isNew = part !== undefined && part.startedAt !== victim.startedAt;
  return { runs, errors: known?.errors ?? 0, isOut, isBack: runs && isNew && isWell(part) && !isOut };
}

/** The faults of a failover: none where no GET failed and the replica is back. */
export function findFaults({ methods, replica, secondsUntilBack }: Failover): string[] {
  return [
    ...methods
      .filter(({ name, failed }) => name === "GET" && failed > 0)
      .map(({ failed, requests }) => `${failed} of ${requests} GETs failed.`),
    ...(secondsUntilBack === null ? [`${replica} was not back within its time.`] : []),
  ];
}
