import { askNew, findAdded, findMembers, probeAll, proveAnswers } from "./asked-replicas";
import { changeAll, changeConfiguration, findBalancers, inBalancer } from "./balancer";
import { requireTakeOver, takeOver } from "./balancers";
import { findTried, takeSteps, type Tried } from "./canary";
import { retire } from "./canary-retire";
import { deliverFolders } from "./configuration-files";
import { renderEdits } from "./edits";
import { onFleet } from "./on-fleet";
import { defineScript, onEngine } from "./process";
import { addSentence, type Engine } from "../engine/client";
import type { Neighbour } from "./fleet";
import { fleetOf } from "./fleet-of";
import { toDisk } from "./on-disk";
import { passGate, watchForEnds, withoutGate } from "./gate";
import { type Step, whileGood } from "./while-good";
import { joinLives, type Live, readLive } from "./live";
import { findStopped } from "./one-engine";
import { countAnswerSeconds } from "./probe";
import { sweep } from "./sweep";
import type { PushedUpstream, PushTask } from "./tasks";
import { closedSocket, keptFolder, provisionalFile } from "./transaction";

export const { push } = defineScript<"push">({
  /** Gives the balancer its configuration without losing a request. */
  push: onEngine(
    onFleet(async (engine, { task: canaries, input }) => {
      const task = { ...withoutGate(input), ...canaries };
      const fleet = fleetOf(engine);
      const around = await fleet.listAround(task.network);
      const started = await startStopped(engine, task, around);
      const balancers = await fleet.awaitBalancers(task, task.sharing, around);
      const lives = await Promise.all(balancers.map((each) => readSettled(engine, each)));
      const isOpen = (_: unknown, index: number): boolean => lives[index]?.isOpen === true;
      const [open, closed] = [balancers.filter(isOpen), balancers.filter((_, index) => !isOpen(_, index))];
      const live = joinLives(lives);
      // Those that are to go may not be able to take what is to come.
      const first = live.isOpen ? await takeOver(engine, task) : undefined;
      for (const each of balancers) await deliverFolders(engine, each, task.folders);
      const { leaving, warnings } = await switchOver(engine, task, open, live);
      if (closed.length > 0) warnings.push(...(await openFirst(engine, task, closed)));
      const last = await requireTakeOver(engine, task);
      // On the disk before the old replicas leave.
      const settle = [`rm -rf /etc/flotilla/${keptFolder}`, toDisk].join("\n");
      await Promise.all(balancers.map((each) => inBalancer(engine, each, settle)));
      const running = await findBalancers(engine, task);
      const swept = await sweep(engine, task, running, live.members, around);
      await Promise.all((task.sharing ?? balancers).map((each) => proveAnswers(engine, task, each)));
      const left = new Set([...(first?.names ?? []), ...last.names]);
      await Promise.all([first?.ended, last.ended]);
      const done = [
        ...started,
        `${leaving} replicas leave`,
        ...[...left].map((name) => `${name} leaves`),
        ...swept,
      ].join("; ");
      return [done, ...warnings, ...fleet.tellSerial()].join("\n");
    }),
  ),
});

/** Starts what an operator stopped or killed by hand: Docker leaves it down; an update is the moment to bring it back. */
async function startStopped(engine: Engine, task: PushTask, around: Neighbour[]): Promise<string[]> {
  const exited = around.filter(({ state }) => state === "exited");
  const gates = task.upstreams
    .flatMap((upstream) => upstream.gates)
    .filter(({ replica }) => exited.some(({ name }) => name === replica));
  await Promise.all(gates.map((gate) => passGate(engine, gate)));
  const balancer = findStopped(around, task);
  if (balancer !== undefined) await engine.run(["start", balancer.name]);
  // After the front, whose network they share.
  if (task.sharing !== undefined) await engine.run(["start", ...task.sharing]);
  return [
    ...gates.map(({ title }) => `${title} was stopped and is started`),
    ...(balancer !== undefined ? ["the balancer was stopped and is started"] : []),
  ];
}

/** The outcome for the replicas. */
interface Switched {
  /** How many go. */
  leaving: number;
  /** Faults of those that came, which end nothing. */
  warnings: string[];
}

/**
 * Two reloads. A name that Nginx has never resolved has no address at first, so the new replicas come in beside the old
 * ones, and these leave only when each new one has answered. Where anything fails, all is as it was before.
 */
async function switchOver(
  engine: Engine,
  task: PushTask,
  balancers: string[],
  live: Live,
): Promise<Switched> {
  if (!live.isOpen) return { leaving: 0, warnings: [] };
  let warnings: string[] = [];
  const tried = await findTried(engine, task, live);
  try {
    // Where the gate is switched off, nobody minds whether they are well.
    const added = task.without.includes("gate")
      ? []
      : task.upstreams.flatMap((upstream) => findAdded(upstream, live));
    const letAllIn = async (step: Step): Promise<void> => {
      const hasOverlap = !task.without.includes("overlap");
      if (hasOverlap) warnings = await bringIn(engine, task, balancers, live, step, tried);
      const change = { from: "nothing", keeps: !hasOverlap } as const;
      await step(() => changeAll(engine, balancers, renderAll(engine, task, task.upstreams), change));
    };
    // Each look costs a call of the engine, and steps take minutes.
    await whileGood(await watchForEnds(engine, added), letAllIn, tried.length === 0 ? 300 : 1000);
  } catch (error) {
    const rest = tried.length === 0 ? undefined : "All requests go to the old replicas again.";
    const failure = await restore(engine, balancers, error, countPatience(task), rest);
    await retire(engine, task, balancers[0] ?? "", tried);
    throw failure;
  }
  return { leaving: task.upstreams.flatMap((upstream) => findLeaving(upstream, live)).length, warnings };
}

/** Lets new replicas in beside the old ones. */
async function bringIn(
  engine: Engine,
  task: PushTask,
  balancers: string[],
  live: Live,
  step: Step,
  tried: Tried[],
): Promise<string[]> {
  const warnings = await askNew(engine, task, balancers, live);
  const beside = task.upstreams.map((upstream) => ({
    ...upstream,
    lines: [...findLeaving(upstream, live), ...upstream.lines],
  }));
  const letIn = async (upstreams: PushedUpstream[], asked = task.upstreams, edits = ""): Promise<void> => {
    const asking = { ...task, upstreams: asked };
    const deadline = `echo $(($(date +%s) + ${countPatience(asking)})) >next/${provisionalFile}`;
    const text = [renderAll(engine, task, upstreams), deadline, edits].join("\n");
    await step(() => changeAll(engine, balancers, text, { from: "nothing", keeps: true }));
    await probeAll(engine, asking, balancers, live);
  };
  const passed = await takeSteps({ engine, balancers, task, live, tried, letIn });
  await letIn(beside);
  return [...passed, ...warnings];
}

/** The lines of replicas that this update takes out. */
function findLeaving(upstream: PushedUpstream, live: Live): string[] {
  const known = findMembers(live, upstream).map(({ text }) => text);
  return known.filter((line) => !upstream.lines.includes(line));
}

/** A first configuration resolves its names where no client can ask yet. */
async function openFirst(engine: Engine, task: PushTask, balancers: string[]): Promise<string[]> {
  const settings = task.settings
    .replaceAll(/listen (\d+)(?=[ ;])/g, `listen unix:${closedSocket}$1.sock`)
    .replaceAll(" reuseport;", ";");
  const nothing: Live = { members: new Map(), isOpen: false, isProvisional: false };
  await changeAll(engine, balancers, renderAll(engine, { ...task, settings }, task.upstreams), {
    from: "nothing",
  });
  let warnings: string[] = [];
  try {
    if (!task.without.includes("overlap")) {
      warnings = await askNew(engine, task, balancers, nothing);
      await probeAll(engine, task, balancers, nothing);
    }
  } catch (error) {
    throw addSentence(error, "Nothing is published yet.");
  }
  await changeAll(engine, balancers, renderAll(engine, task, task.upstreams), { from: "nothing" });
  return warnings;
}

/** Puts back what was live before the push, as one thing; gives the failure, with what has become of it. */
async function restore(
  engine: Engine,
  balancers: string[],
  failure: unknown,
  seconds: number,
  rest = "Traffic stays where it was.",
): Promise<unknown> {
  try {
    await changeAll(engine, balancers, "", { from: keptFolder });
    return addSentence(failure, rest);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return addSentence(
      failure,
      `The settings of before could not be put back: ${reason}\nThe balancer does it by itself within ${seconds} s.`,
    );
  }
}

/** Reads what is live, after what a push that did not end has left is out of it. */
async function readSettled(engine: Engine, balancer: string): Promise<Live> {
  const live = await readLive(engine, balancer, true);
  if (!live.isProvisional) return live;
  await changeConfiguration(engine, balancer, "", { from: keptFolder });
  return readLive(engine, balancer);
}

/** Seconds after which a push that has let new replicas in beside the old ones is taken for one that was killed. */
function countPatience({ upstreams }: PushTask): number {
  return 30 + upstreams.reduce((sum, upstream) => sum + countAnswerSeconds(upstream), 0);
}

function renderAll(engine: Engine, task: PushTask, upstreams: PushedUpstream[]): string {
  return renderEdits(task, upstreams, fleetOf(engine).renderSerial());
}
