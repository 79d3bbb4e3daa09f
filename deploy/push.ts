import { askNew, findAdded, findMembers, probeAll, proveAnswers } from "./asked-replicas";
import {
  changeConfiguration,
  findBalancers,
  inBalancer,
  listAround,
  type Neighbour,
  startedFile,
  renderFile,
  renderMembers,
  renderSettings,
} from "./balancer";
import { requireTakeOver, takeOver } from "./balancers";
import { type AssetCopies, type AssetPool, keepAssets } from "./assets";
import { findTried, takeSteps, type Tried } from "./canary";
import { retire } from "./canary-retire";
import { deliverFolders, renderFolders, renderFactFiles, renderSecretFiles } from "./configuration-files";
import { defineScript, onEngine, sleep } from "./process";
import { addSentence, type Engine, Failure } from "../engine/client";
import { setProcessLimit } from "../engine/containers";
import { toDisk } from "./on-disk";
import { passGate, watchForEnds, withoutGate } from "./gate";
import { type Step, whileGood } from "./while-good";
import { type Live, readLive } from "./live";
import { countAnswerSeconds, renderSilent } from "./probe";
import { sweep } from "./sweep";
import type { PushedUpstream, PushTask } from "./tasks";
import { closedSocket, keptFolder, provisionalFile, silentFile } from "./transaction";

export const { push } = defineScript<"push">({
  /** Gives the balancer its configuration without losing a request. */
  push: onEngine(async (engine, { task: canaries, input }) => {
    const task = { ...withoutGate(input), ...canaries };
    const around = await listAround(engine, task.network);
    const started = await startStopped(engine, task, around);
    const balancer = await waitForBalancer(engine, task, around);
    const live = await readSettled(engine, balancer);
    // Those that are to go may not be able to take what is to come.
    const first = live.isOpen ? await takeOver(engine, task) : undefined;
    await deliverFolders(engine, balancer, task.folders);
    const copies = await keepAssets(engine, balancer, listAssets(task, live));
    const { leaving, warnings } = await switchOver(engine, { ...task, copies }, balancer, live);
    const last = await requireTakeOver(engine, task);
    // On the disk before the old replicas leave.
    await inBalancer(engine, balancer, [`rm -rf /etc/flotilla/${keptFolder}`, toDisk].join("\n"));
    const balancers = await findBalancers(engine, task);
    await limitProcesses(engine, task, balancers);
    const swept = await sweep(engine, task, balancers, live.members, around);
    for (const each of task.sharing ?? [balancer]) await proveAnswers(engine, task, each);
    const left = new Set([...(first?.names ?? []), ...last.names]);
    await Promise.all([first?.ended, last.ended]);
    const done = [
      ...started,
      `${leaving} replicas leave`,
      ...[...left].map((name) => `${name} leaves`),
      ...swept,
    ].join("; ");
    return [done, ...warnings].join("\n");
  }),
});

async function limitProcesses(engine: Engine, { processes }: PushTask, balancers: string[]): Promise<void> {
  const problem = processes === undefined ? undefined : await setProcessLimit(engine, processes, balancers);
  if (problem !== undefined) throw new Failure(`Not all balancers have a limit of processes: ${problem}`);
}

/** The input of a push, with the copies of pools' assets, which are in the balancer's volume by then. */
interface Prepared extends PushTask {
  copies: AssetCopies;
}

function listAssets({ upstreams }: PushTask, live: Live): AssetPool[] {
  return upstreams.flatMap((upstream) => {
    const { name, assets, gates } = upstream;
    const leaving = findMembers(live, upstream).map((member) => member.name);
    return assets === undefined
      ? []
      : [{ name, assets, leaving, coming: gates.map(({ replica }) => replica) }];
  });
}

/** Starts what an operator stopped or killed by hand: Docker leaves it down; an update is the moment to bring it back. */
async function startStopped(engine: Engine, task: PushTask, around: Neighbour[]): Promise<string[]> {
  const exited = around.filter(({ state }) => state === "exited");
  const gates = task.upstreams
    .flatMap((upstream) => upstream.gates)
    .filter(({ replica }) => exited.some(({ name }) => name === replica));
  await Promise.all(gates.map((gate) => passGate(engine, gate)));
  const balancer = exited.find((each) => isBalancer(each, task));
  const isDown = balancer !== undefined && findRunning(around, task) === undefined;
  if (isDown) await engine.run(["start", balancer.name]);
  // After the front, whose network they share.
  if (task.sharing !== undefined) await engine.run(["start", ...task.sharing]);
  return [
    ...gates.map(({ title }) => `${title} was stopped and is started`),
    ...(isDown ? ["the balancer was stopped and is started"] : []),
  ];
}

function isBalancer({ labels: { role, balancer } }: Neighbour, task: PushTask): boolean {
  return role === "balancer" && balancer === task.balancer;
}

function findRunning(around: Neighbour[], task: PushTask): Neighbour | undefined {
  return around.find((each) => each.state === "running" && isBalancer(each, task));
}

async function waitForBalancer(engine: Engine, task: PushTask, around: Neighbour[]): Promise<string> {
  const deadline = Date.now() + 15_000;
  let balancer = task.sharing === undefined ? findRunning(around, task)?.name : undefined;
  while (Date.now() < deadline) {
    balancer ??= (await findBalancers(engine, task)).find((name) => task.sharing?.includes(name) ?? true);
    if (balancer !== undefined) return balancer;
    await sleep(300);
  }
  throw new Failure(
    `The balancer's container does not run. Look at it with: docker ps --all --filter label=flotilla.balancer`,
  );
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
async function switchOver(engine: Engine, task: Prepared, balancer: string, live: Live): Promise<Switched> {
  if (!live.isOpen) return { leaving: 0, warnings: await open(engine, task, balancer) };
  let warnings: string[] = [];
  const tried = await findTried(engine, task, live);
  try {
    // Where the gate is switched off, nobody minds whether they are well.
    const added = task.without.includes("gate")
      ? []
      : task.upstreams.flatMap((upstream) => findAdded(upstream, live));
    const letAllIn = async (step: Step): Promise<void> => {
      const hasOverlap = !task.without.includes("overlap");
      if (hasOverlap) warnings = await bringIn(engine, task, balancer, live, step, tried);
      const change = { from: "nothing", keeps: !hasOverlap } as const;
      await step(() => changeConfiguration(engine, balancer, renderEdits(task, task.upstreams), change));
    };
    // Each look costs a call of the engine, and steps take minutes.
    await whileGood(await watchForEnds(engine, added), letAllIn, tried.length === 0 ? 300 : 1000);
  } catch (error) {
    const rest = tried.length === 0 ? undefined : "All requests go to the old replicas again.";
    const failure = await restore(engine, balancer, error, countPatience(task), rest);
    await retire(engine, task, balancer, tried);
    throw failure;
  }
  return { leaving: task.upstreams.flatMap((upstream) => findLeaving(upstream, live)).length, warnings };
}

/** Lets new replicas in beside the old ones. */
async function bringIn(
  engine: Engine,
  task: Prepared,
  balancer: string,
  live: Live,
  step: Step,
  tried: Tried[],
): Promise<string[]> {
  const warnings = await askNew(engine, task, balancer, live);
  const beside = task.upstreams.map((upstream) => ({
    ...upstream,
    lines: [...findLeaving(upstream, live), ...upstream.lines],
  }));
  const letIn = async (upstreams: PushedUpstream[], asked = task.upstreams, edits = ""): Promise<void> => {
    const asking = { ...task, upstreams: asked };
    const deadline = `echo $(($(date +%s) + ${countPatience(asking)})) >next/${provisionalFile}`;
    const text = [renderEdits(task, upstreams), deadline, edits].join("\n");
    await step(() => changeConfiguration(engine, balancer, text, { from: "nothing", keeps: true }));
    await probeAll(engine, asking, balancer, live);
  };
  const passed = await takeSteps({ engine, balancers: [balancer], task, live, tried, letIn });
  await letIn(beside);
  return [...passed, ...warnings];
}

/** The lines of replicas that this update takes out. */
function findLeaving(upstream: PushedUpstream, live: Live): string[] {
  const known = findMembers(live, upstream).map(({ text }) => text);
  return known.filter((line) => !upstream.lines.includes(line));
}

/** A first configuration resolves its names where no client can ask yet. */
async function open(engine: Engine, task: Prepared, balancer: string): Promise<string[]> {
  const settings = task.settings
    .replaceAll(/listen (\d+)(?=[ ;])/g, `listen unix:${closedSocket}$1.sock`)
    .replaceAll(" reuseport;", ";");
  const nothing: Live = { members: new Map(), isOpen: false, isProvisional: false };
  await changeConfiguration(engine, balancer, renderEdits({ ...task, settings }, task.upstreams), {
    from: "nothing",
  });
  let warnings: string[] = [];
  try {
    if (!task.without.includes("overlap")) {
      warnings = await askNew(engine, task, balancer, nothing);
      await probeAll(engine, task, balancer, nothing);
    }
  } catch (error) {
    throw addSentence(error, "Nothing is published yet.");
  }
  await changeConfiguration(engine, balancer, renderEdits(task, task.upstreams), { from: "nothing" });
  return warnings;
}

/** Puts back what was live before the push, as one thing; gives the failure, with what has become of it. */
async function restore(
  engine: Engine,
  balancer: string,
  failure: unknown,
  seconds: number,
  rest = "Traffic stays where it was.",
): Promise<unknown> {
  try {
    await putBack(engine, balancer);
    return addSentence(failure, rest);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return addSentence(
      failure,
      `The settings of before could not be put back: ${reason}\nThe balancer does it by itself within ${seconds} s.`,
    );
  }
}

async function putBack(engine: Engine, balancer: string): Promise<void> {
  await changeConfiguration(engine, balancer, "", { from: keptFolder });
}

/** Reads what is live, after what a push that did not end has left is out of it. */
async function readSettled(engine: Engine, balancer: string): Promise<Live> {
  const live = await readLive(engine, balancer, true);
  if (!live.isProvisional) return live;
  await putBack(engine, balancer);
  return readLive(engine, balancer);
}

/** Seconds after which a push that has let new replicas in beside the old ones is taken for one that was killed. */
function countPatience({ upstreams }: PushTask): number {
  return (
    30 + upstreams.reduce((sum, upstream) => sum + countAnswerSeconds(upstream, upstream.lines.length), 0)
  );
}

function renderEdits(
  { settings, files, secretFiles, folders, copies, trouble }: Prepared,
  upstreams: PushedUpstream[],
): string {
  return [
    renderSettings(settings, files),
    renderSecretFiles("next", secretFiles),
    renderFactFiles(secretFiles),
    renderFolders([...folders, ...copies.folders]),
    copies.render(upstreams),
    // What is started again changes the configuration, so that Nginx forgets its failures.
    renderFile(`next/${startedFile}`, trouble),
    renderFile(`next/${silentFile}`, renderSilent(upstreams)),
    ...upstreams.map(({ name, lines }) => renderMembers(name, lines)),
  ].join("\n");
}
