import * as docker from "@pulumi/docker";
import type { local } from "@pulumi/command";
import { createCommand } from "../resources/commands";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import type { Unit } from "./ground/unit";
import type { PlannedWorkers } from "./plan";
import { resolveGate, isRolling, listNumbers, type PoolParts } from "./replica";

/** Seconds that a worker of which nothing says whether it is healthy has to run without an end. */
const settleSeconds = 10;

/** A pool's workers, and the commands by which they prove themselves. */
export interface CreatedWorkers extends PlannedWorkers {
  /** The pool's own network. */
  network: docker.Network;
  containers: Unit[];
  gates: local.Command[];
  /** The command that removes what an update that was killed left. */
  sweep: local.Command;
}

/** Makes the workers of a pool. */
export function createWorkers(context: Context, pool: PlannedWorkers, parts: PoolParts): CreatedWorkers {
  const containers: Unit[] = [];
  const gates: local.Command[] = [];
  const rolling = isRolling(pool);
  for (const number of listNumbers(pool)) {
    const previous = rolling ? gates.slice(-1) : [];
    const title = `${pool.name}-${number}`;
    const replica = parts.make(context, pool, parts, { number, child: title, previous });
    containers.push(replica);
    gates.push(
      createCommand(
        context,
        `${context.name}-${title}-gate`,
        {
          script: "worker",
          create: "prove",
          task: {
            ...resolveGate(context, pool, replica, title),
            worker: { settleSeconds, stopSeconds: pool.stopSeconds },
          },
          triggers: [replica.id],
        },
        { deleteBeforeReplace: rolling },
      ),
    );
  }
  const sweep = createSweep(context, pool, parts.network, containers, gates);
  return { ...pool, network: parts.network, containers, gates, sweep };
}

function createSweep(
  context: Context,
  pool: PlannedWorkers,
  network: docker.Network,
  containers: Unit[],
  gates: local.Command[],
): local.Command {
  const own = { pool: pool.name };
  // It has no data: a state alone would not tell the next update that there is something to sweep, and the one after that
  // it is done.
  const reminder = new docker.Volume(
    `${context.name}-${pool.name}-sweep`,
    { labels: labels(context, "volume", own, (present) => present.hasTwice(own)) },
    { parent: context.parent },
  );
  return createCommand(
    context,
    `${context.name}-${pool.name}-swept`,
    {
      script: "worker",
      create: "sweep",
      task: {
        network: network.name,
        replicas: containers.map(({ name }) => name),
        stopSeconds: pool.stopSeconds,
        reminder: reminder.name,
      },
    },
    { dependsOn: gates },
  );
}
