import { findAddresses } from "./addresses";
import { changeConfiguration, findBalancer, inBalancer } from "./balancer";
import { defineScript, onEngine } from "./process";
import { addSentence, type Engine } from "../engine/client";
import { renderCommand } from "../engine/shell";
import { nameMember, parseMember } from "../nginx/members";
import { drain } from "./drain";
import { passGateOfPool } from "./rights";
import { readLive } from "./live";
import { askDirectly, probe } from "./probe";
import type { MemberTask } from "./tasks";
import { provisionalFile } from "./transaction";

export const { join, leave } = defineScript<"member">({
  /** Waits until the replica is healthy and, where it joins alone, lets the balancer use it. */
  join: onEngine(async (engine, { task }) => {
    const healthy = await passGateOfPool(engine, task, () => serves(engine, task));
    if (!task.joinsAlone) return healthy;
    const balancer = await findBalancer(engine, task);
    if (balancer === undefined || !(await knows(engine, balancer, task.upstream)))
      return `${healthy}; joins with the others`;
    const place = { balancer, addresses: await findAddresses(engine, task.network, [task.replica]) };
    const upstream = { ...task, name: task.upstream };
    let warnings: string[];
    try {
      warnings = await askDirectly(engine, place, upstream, [task]);
      await changeConfiguration(engine, balancer, renderJoin(task));
      // Before the next one leaves: until its name is resolved, this one takes no request. Nginx asks a backup nothing while
      // the others work, no probe either.
      if (parseMember(task.line)?.backup !== true) await probe(engine, place, upstream, [task]);
    } catch (error) {
      await changeConfiguration(engine, balancer, renderLeave(task));
      throw addSentence(error, "Traffic stays with the others.");
    }
    return [`${healthy}; joined`, ...warnings].join("\n");
  }),

  /** Takes the replica out of the balancer if it is still in, and waits until nothing is under way on it. */
  leave: onEngine(async (engine, { task }) => {
    if (task.without?.includes("drain")) return "drain is switched off";
    const balancer = await findBalancer(engine, task);
    if (balancer !== undefined) await changeConfiguration(engine, balancer, renderLeave(task));
    return drain(engine, task, task);
  }),
});

/** Whether the balancer gives requests to the replica. */
async function serves(engine: Engine, task: MemberTask): Promise<boolean> {
  const balancer = await findBalancer(engine, task);
  if (balancer === undefined) return false;
  const members = (await readLive(engine, balancer)).members.get(task.upstream) ?? [];
  return members.some(({ name }) => name === task.replica);
}

/** Whether the balancer has the upstream yet; a new pool's comes with the push. */
async function knows(engine: Engine, balancer: string, upstream: string): Promise<boolean> {
  const file = `/etc/flotilla/live/members/${upstream}.list`;
  return (await inBalancer(engine, balancer, `[ ! -f ${file} ] || echo known`)) === "known";
}

function renderJoin({ upstream, line }: MemberTask): string {
  return renderChange(renderCommand("add_member", `next/members/${upstream}.list`, line));
}

function renderLeave({ upstream, replica, port }: MemberTask): string {
  return renderChange(
    renderCommand("remove_member", `next/members/${upstream}.list`, nameMember(replica, port)),
  );
}

/** From here on, what was live before a push that did not end may name replicas that are gone. */
function renderChange(command: string): string {
  return `${command}\nrm -f next/${provisionalFile}`;
}
