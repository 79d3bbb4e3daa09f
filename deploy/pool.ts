import { findAddresses } from "./addresses";
import { keepAssets } from "./assets";
import { changeConfiguration, findBalancers, inBalancer } from "./balancer";
import { renderFolders } from "./configuration-files";
import { defineScript, onEngine, say } from "./process";
import { addSentence, type Engine, Failure } from "../engine/client";
import { renderCommand } from "../engine/shell";
import { nameMember, parseMember } from "../nginx/members";
import { findServing } from "./balancers";
import { drain } from "./drain";
import { limitProcesses, passGateOfPool } from "./rights";
import { readLive } from "./live";
import { joinReports } from "./gate";
import { shareLooks } from "./looks";
import { askDirectly, probe } from "./probe";
import { tellOf } from "./progress";
import type { Joining, PoolTask } from "./tasks";
import { provisionalFile } from "./transaction";

export const { join, leave } = defineScript<"pool">({
  /** Waits until the replicas are healthy and, where they join alone, lets the balancer use them. */
  join: onEngine(async (engine, { input: task }) => {
    const balancers = await findBalancers(engine, task);
    const [balancer] = balancers;
    const serving = balancer === undefined ? [] : await listServing(engine, balancer, task);
    // Those that serve have passed before: what has become of them since is no matter of those that come.
    const coming = task.replicas.filter(({ replica }) => !serving.includes(replica));
    await Promise.all([limitProcesses(engine, task), passGates(engine, coming)]);
    if (!task.joinsAlone || balancer === undefined || !(await knows(engine, balancer, task.upstream)))
      return `${coming.length} come, ${task.replicas.length - coming.length} stay`;
    const warnings = await joinAlone(engine, task, balancers, coming);
    return [...coming.map(({ title }) => tellOf(title, "joined")), ...warnings].join("\n");
  }),

  /** Takes those that leave alone out of the balancer, and waits until nothing is under way on those that are out. */
  leave: onEngine(async (engine, { input: task }) => {
    if (task.replicas.some(({ without }) => without?.includes("drain"))) return "drain is switched off";
    const balancers = await findBalancers(engine, task);
    const [balancer] = balancers;
    if (balancer === undefined) return "no balancer runs, so nothing is under way";
    if (task.leavesAlone) await changeConfiguration(engine, balancer, renderLeave(task, task.replicas));
    // Those that still serve stay, as where others are added to them.
    const serving = await listServing(engine, balancer, task);
    const leaving = task.replicas.filter(({ replica }) => !serving.includes(replica));
    for (const { title } of leaving) say(tellOf(title, "draining"));
    const drained = await drain(engine, { balancers, network: task.network }, task, leaving);
    return [`${leaving.length} leave`, ...drained].join("\n");
  }),
});

/** The containers of the upstream to which the balancer gives requests. */
async function listServing(engine: Engine, balancer: string, { upstream }: PoolTask): Promise<string[]> {
  const { members } = await readLive(engine, balancer);
  return (members.get(upstream) ?? []).map(({ name }) => name);
}

/** Waits for all of them, also where one fails: each that fails is stopped. */
async function passGates(engine: Engine, replicas: Joining[]): Promise<void> {
  const look = shareLooks(engine);
  const outcomes = await Promise.allSettled(
    replicas.map(async (gate) => {
      say(await passGateOfPool(engine, gate, { look, serves: () => false }));
    }),
  );
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  const reports = failures.map((failure) => {
    if (failure instanceof Failure) return failure.message;
    throw failure as Error;
  });
  if (reports.length > 0) throw new Failure(joinReports(reports).join("\n"));
}

/** Lets the balancer use replicas before the next ones are made; gives warnings. */
async function joinAlone(
  engine: Engine,
  task: PoolTask,
  balancers: string[],
  coming: Joining[],
): Promise<string[]> {
  const names = coming.map(({ replica }) => replica);
  const addresses = await findAddresses(engine, task.network, names);
  const serving = await findServing(engine, balancers);
  const [balancer = ""] = serving;
  const upstream = { ...task, name: task.upstream };
  // Nginx asks a backup nothing while the others work, no probe either.
  const asked = coming.filter(({ line }) => parseMember(line)?.backup !== true);
  try {
    const warnings = await askDirectly(engine, { balancer, addresses }, upstream, coming);
    const assets = await renderAssets(engine, balancer, task, coming);
    await changeConfiguration(engine, balancer, `${renderJoin(task, coming)}\n${assets}`);
    // Before the next one leaves: until its name is resolved, this one takes no request.
    for (const each of serving) await probe(engine, { balancer: each, addresses }, upstream, asked);
    return warnings;
  } catch (error) {
    await changeConfiguration(engine, balancer, renderLeave(task, coming));
    throw addSentence(error, "Traffic stays with the others.");
  }
}

/** Shell commands by which pages of both versions find their assets. */
async function renderAssets(
  engine: Engine,
  balancer: string,
  { upstream: name, assets }: PoolTask,
  joining: Joining[],
): Promise<string> {
  if (assets === undefined) return "";
  const here = (await readLive(engine, balancer)).members.get(name) ?? [];
  const coming = joining.map(({ replica }) => replica);
  const leaving = here.map((member) => member.name);
  const copies = await keepAssets(engine, balancer, [{ name, assets, leaving, coming }]);
  const lines = [...here.map(({ text }) => text), ...joining.map(({ line }) => line)];
  return [renderFolders(copies.folders), copies.render([{ name, lines }])].join("\n");
}

/** Whether the balancer has the upstream yet; a new pool's comes with the push. */
async function knows(engine: Engine, balancer: string, upstream: string): Promise<boolean> {
  const file = `/etc/flotilla/live/members/${upstream}.list`;
  return (await inBalancer(engine, balancer, `[ ! -f ${file} ] || echo known`)) === "known";
}

function renderJoin({ upstream }: PoolTask, replicas: Joining[]): string {
  return renderChange(
    replicas.map(({ line }) => renderCommand("add_member", `next/members/${upstream}.list`, line)),
  );
}

function renderLeave({ upstream, port }: PoolTask, replicas: Joining[]): string {
  return renderChange(
    replicas.map(({ replica }) =>
      renderCommand("remove_member", `next/members/${upstream}.list`, nameMember(replica, port)),
    ),
  );
}

/** From here on, what was live before a push that did not end may name replicas that are gone. */
function renderChange(commands: string[]): string {
  return [...commands, `rm -f next/${provisionalFile}`].join("\n");
}
