import type * as docker from "@pulumi/docker";
import type { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { renderMember } from "../../nginx/members";
import { createCommand } from "../resources/commands";
import { createRunError } from "../resources/run-error";
import type { Context } from "../resources/context";
import { resolveMember } from "./options/balancing/upstream";
import type { PlannedPool } from "./plan";
import { createReplica, resolveGate, isRolling, listTitles, type PoolParts, replicaLabels } from "./replica";

/** A pool's replicas, and the commands that let them in and out of the balancer. */
export interface CreatedPool extends PlannedPool {
  /** The network that the replicas share with their balancer. */
  network: docker.Network;
  containers: docker.Container[];
  members: local.Command[];
}

/** Makes the replicas of a pool; `balancer` is the value of the label by which its balancer is found. */
export function createPool(
  context: Context,
  planned: PlannedPool,
  parts: PoolParts,
  balancer: string,
): CreatedPool {
  const { name } = planned;
  const pool: CreatedPool = { ...planned, network: parts.network, containers: [], members: [] };
  const rolling = isRolling(pool);
  for (const [index, title] of listTitles(pool).entries()) {
    const number = index + 1;
    const previous = rolling ? pool.members.slice(-1) : [];
    const own = replicaLabels(planned, number);
    const replica = createReplica(context, planned, parts, { title, own, previous });
    pool.containers.push(replica);
    pool.members.push(
      createCommand(
        context,
        `${context.name}-${title}-member`,
        {
          script: "member",
          create: "join",
          delete: "leave",
          task: {
            ...resolveGate(context, pool, replica, title),
            balancer,
            network: parts.network.name,
            upstream: name,
            port: planned.port,
            line: renderLine(planned, number, replica),
            joinsAlone: rolling,
            failSeconds: planned.balancing.failures.seconds,
            idleSeconds: planned.balancing.keepalive.idleSeconds,
            probe: planned.probe,
            drainSeconds: planned.drainSeconds,
            streamSeconds: planned.streamSeconds,
          },
          triggers: [replica.id],
        },
        { deleteBeforeReplace: rolling },
      ),
    );
  }
  return pool;
}

/** The line of the balancer's configuration that stands for a replica. */
export function renderLine(
  pool: PlannedPool,
  number: number,
  replica: docker.Container,
): pulumi.Output<string> {
  const { failures, sticky } = pool.balancing;
  const surroundings = { maxFails: failures.count, failSeconds: failures.seconds, sticky };
  return replica.name.apply((name) => {
    if (name.length > longestName)
      throw createRunError(
        `pools.${pool.name}: the name of a container must have at most ${longestName} characters, because it is a host's name, got ${name.length}: ${name}. Shorten the name of the project, the stack, the component or the pool, or the pattern at pulumi:autonaming.`,
      );
    return renderMember({ name, ...resolveMember(pool, number) }, surroundings);
  });
}

/** Most characters of a part of a host's name. */
const longestName = 63;
