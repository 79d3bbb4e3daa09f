import { changeAll, findBalancers, inBalancer } from "./balancer";
import { onFleet } from "./on-fleet";
import { defineScript, onEngine, say } from "./process";
import { addSentence, type Engine, Failure } from "../engine/client";
import { renderCommand } from "../engine/shell";
import { nameMember, parseMember } from "../nginx/members";
import { fleetOf } from "./fleet-of";
import { findServing } from "./balancers";
import { drain } from "./drain";
import { limitProcesses, passGateOfPool } from "./rights";
import { joinLives, readLive } from "./live";
import { joinReports } from "./gate";
import { shareLooks } from "./looks";
import { askDirectly, probe } from "./probe";
import { tellOf } from "./progress";
import type { Joining, PoolTask } from "./tasks";
import { provisionalFile } from "./transaction";

export const { join, leave } = defineScript<"pool">({
  /** Waits until the replicas are healthy and, where they join alone, lets the balancer use them. */
  join: onEngine(
    onFleet(async (engine, { input: task }) => {
      const balancers = await findBalancers(engine, task);
      const owners = fleetOf(engine).findOwners(balancers);
      const serving = await listServing(engine, owners, task);
      // Those that serve have passed before: what has become of them since is no matter of those that come.
      const coming = task.replicas.filter(({ replica }) => !serving.includes(replica));
      await Promise.all([limitProcesses(engine, task), passGates(engine, coming)]);
      if (!task.joinsAlone || !(await knows(engine, owners, task.upstream)))
        return `${coming.length} come, ${task.replicas.length - coming.length} stay`;
      const warnings = await joinAlone(engine, task, balancers, coming);
      return [...coming.map(({ title }) => tellOf(title, "joined")), ...warnings].join("\n");
    }),
  ),

  /** Takes those that leave alone out of the balancers, and waits until nothing is under way on those that are out. */
  leave: onEngine(
    onFleet(async (engine, { input: task }) => {
      if (task.replicas.some(({ without }) => without?.includes("drain"))) return "drain is switched off";
      const balancers = await findBalancers(engine, task);
      const owners = fleetOf(engine).findOwners(balancers);
      if (owners.length === 0) return "no balancer runs, so nothing is under way";
      if (task.leavesAlone) await changeAll(engine, owners, renderLeave(engine, task, task.replicas));
      // Those that still serve stay, as where others are added to them.
      const serving = await listServing(engine, owners, task);
      const leaving = task.replicas.filter(({ replica }) => !serving.includes(replica));
      for (const { title } of leaving) say(tellOf(title, "draining"));
      const drained = await drain(engine, { balancers, network: task.network }, task, leaving);
      return [`${leaving.length} leave`, ...drained].join("\n");
    }),
  ),
});

/** The replicas of the upstream to which balancers give requests. */
async function listServing(engine: Engine, balancers: string[], { upstream }: PoolTask): Promise<string[]> {
  const { members } = joinLives(await Promise.all(balancers.map((each) => readLive(engine, each))));
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
  const fleet = fleetOf(engine);
  const addresses = await fleet.findAddresses(task.network, names);
  const serving = await findServing(engine, balancers);
  const owners = fleet.findOwners(balancers);
  const upstream = { ...task, name: task.upstream };
  // Nginx asks a backup nothing while the others work, no probe either.
  const asked = coming.filter(({ line }) => parseMember(line)?.backup !== true);
  try {
    const asking = fleet.findOwners(serving).map((balancer) => ({ balancer, addresses }));
    const warnings = await Promise.all(asking.map((place) => askDirectly(engine, place, upstream, coming)));
    await changeAll(engine, owners, renderJoin(engine, task, coming));
    // Before the next one leaves: until its name is resolved, this one takes no request.
    await Promise.all(serving.map((balancer) => probe(engine, { balancer, addresses }, upstream, asked)));
    return [...new Set(warnings.flat())];
  } catch (error) {
    await changeAll(engine, owners, renderLeave(engine, task, coming));
    throw addSentence(error, "Traffic stays with the others.");
  }
}

/** Whether the balancer has the upstream yet; a new pool's comes with the push. */
async function knows(engine: Engine, balancers: string[], upstream: string): Promise<boolean> {
  const look = `[ ! -f /etc/flotilla/live/members/${upstream}.list ] || echo known`;
  const said = await Promise.all(balancers.map((each) => inBalancer(engine, each, look)));
  return said.includes("known");
}

function renderJoin(engine: Engine, { upstream }: PoolTask, replicas: Joining[]): string {
  return renderChange(
    engine,
    replicas.map(({ line }) => renderCommand("add_member", `next/members/${upstream}.list`, line)),
  );
}

function renderLeave(engine: Engine, { upstream, port }: PoolTask, replicas: Joining[]): string {
  return renderChange(
    engine,
    replicas.map(({ replica }) =>
      renderCommand("remove_member", `next/members/${upstream}.list`, nameMember(replica, port)),
    ),
  );
}

/** From here on, what was live before a push that did not end may name replicas that are gone. */
function renderChange(engine: Engine, commands: string[]): string {
  return [...commands, `rm -f next/${provisionalFile}`, fleetOf(engine).renderSerial()].join("\n");
}
