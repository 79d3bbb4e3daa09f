import { setTimeout as wait } from "node:timers/promises";
import { type AskApi, askApi } from "../../engine/ask-api";
import type { Engine } from "../../engine/client";
import { readSwarm, type SwarmNode } from "../../engine/swarm-nodes";
import { Failure, Misuse } from "../failure";
import { countTasks, listReplicas } from "./rules";

/** Says what a machine takes from now on. */
export async function setAvailability(
  engine: Engine,
  { id }: SwarmNode,
  availability: SwarmNode["availability"],
): Promise<void> {
  await engine.run(["node", "update", `--availability=${availability}`, id]);
}

/** Arguments that give a machine labels, as `name=value` and as `name` alone, and take away those without a value: `name=`. */
export function toLabelOptions(labels: string[]): string[] {
  const wrong = labels.filter((label) => !/^[a-zA-Z0-9][\w./-]*(?:=[^\s,]*)?$/.test(label));
  if (wrong.length > 0)
    throw new Misuse(
      `A label must be name=value, got ${wrong.map((each) => JSON.stringify(each)).join(", ")}. Write it like zone=a; zone= takes it away.`,
    );
  return labels.map((label) =>
    label.endsWith("=") ? `--label-rm=${label.slice(0, -1)}` : `--label-add=${label}`,
  );
}

/** How long what runs on a machine may take to end: a balancer has its clients go on for 40 s. */
const emptySeconds = 120;

/**
 * Takes all from a machine that a stack's replicas have left, and waits until it is gone; fails where replicas of any stack are
 * there still, which have to be moved and not ended.
 */
export async function finishDrain(
  { engine, label, node }: { engine: Engine; label: string; node: SwarmNode },
  { ask = askApi, seconds = emptySeconds }: { ask?: AskApi; seconds?: number } = {},
): Promise<void> {
  const { pools, others } = listReplicas(await readSwarm(engine, ask), node, label);
  const left = [...pools.map(({ pool }) => `${pool} of ${label}`), ...others];
  if (left.length > 0)
    throw new Failure(
      `${node.name} takes nothing new, but has replicas of ${left.join(", ")} still. Have each of these stacks leave it, by the same command in its project; the last one drains it.`,
    );
  await setAvailability(engine, node, "drain");
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const there = countTasks(await readSwarm(engine, ask), node);
    if (there === 0) return;
    if (Date.now() > until)
      throw new Failure(
        `${there} ${there === 1 ? "task" : "tasks"} of ${node.name} did not end within ${seconds} s. Look at them: docker node ps ${node.name}`,
      );
    await wait(500);
  }
}

/** Seconds in which a manager becomes a worker. */
const demoteSeconds = 60;

/** Removes a machine from its swarm. */
export async function removeNode(engine: Engine, { id, name, role }: SwarmNode): Promise<void> {
  if (role === "manager") await engine.run(["node", "demote", id]);
  const until = Date.now() + demoteSeconds * 1000;
  for (;;) {
    const { code, stderr } = await engine.attempt(["node", "rm", "--force", id]);
    if (code === 0) return;
    // The others hear a moment later that it is no manager any more.
    if (role === "worker" || Date.now() > until)
      throw new Failure(`${name} was not removed: ${stderr.trim()}`);
    await wait(500);
  }
}
