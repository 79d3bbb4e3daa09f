import type * as docker from "@pulumi/docker";
import type { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { renderMember } from "../../nginx/members";
import { createCommand } from "../resources/commands";
import { createRunError } from "../resources/run-error";
import type { Context } from "../resources/context";
import { resolveMember } from "./options/balancing/upstream";
import type { Unit } from "./ground/unit";
import type { PlannedPool } from "./plan";
import { isRolling, listNumbers, nameReplica, type PoolParts, resolveGate } from "./replica";
import { resolveRights } from "./options/security";
import { usualProcesses } from "../resources/rights";
import { Strategy } from "../types";

/** A pool's replicas, and the commands that let them in and out of the balancer. */
export interface CreatedPool extends PlannedPool {
  /** The network that the replicas share with their balancer. */
  network: docker.Network;
  containers: Unit[];
  members: local.Command[];
}

/** Makes the replicas of a pool; `balancer` is the value of the label by which its balancer is found. */
export function createPool(
  context: Context,
  planned: PlannedPool,
  parts: PoolParts,
  balancer: string,
): CreatedPool {
  const pool: CreatedPool = { ...planned, network: parts.network, containers: [], members: [] };
  const create = (number: number, previous: local.Command[] = []): Numbered => {
    const child = nameReplica(planned, number);
    const replica = parts.make(context, planned, parts, { number, child, previous });
    pool.containers.push(replica);
    return { number, replica };
  };
  const numbers = listNumbers(planned);
  if (planned.strategy === Strategy.Rolling)
    for (const number of numbers) {
      const joining = [create(number, isRolling(planned) ? pool.members.slice(-1) : [])];
      const name = `${nameReplica(planned, number)}-member`;
      pool.members.push(createJoin(context, pool, { name, joining, balancer }));
    }
  else {
    const joining = numbers.map((number) => create(number));
    pool.members.push(createJoin(context, pool, { name: `${planned.name}-members`, joining, balancer }));
  }
  return pool;
}

/** A replica with its number in the pool. */
interface Numbered {
  number: number;
  replica: Unit;
}

/** A command by which some replicas of a pool come and go. */
interface Join {
  name: string;
  joining: Numbered[];
  balancer: string;
}

function createJoin(context: Context, pool: CreatedPool, { name, joining, balancer }: Join): local.Command {
  return createCommand(
    context,
    `${context.name}-${name}`,
    {
      script: "pool",
      create: "join",
      delete: "leave",
      input: {
        balancer,
        network: pool.network.name,
        upstream: pool.name,
        port: pool.port,
        replicas: joining.map(({ number, replica }) => ({
          ...resolveGate(context, pool, replica, `${pool.name}-${number}`),
          line: renderLine(pool, number, replica),
        })),
        processes: resolveRights(pool).processes ?? usualProcesses,
        joinsAlone: isRolling(pool),
        leavesAlone: pool.strategy === Strategy.Rolling,
        failSeconds: pool.balancing.failures.seconds,
        idleSeconds: pool.balancing.keepalive.idleSeconds,
        probe: pool.probe,
        drainSeconds: pool.drainSeconds,
        streamSeconds: pool.streamSeconds,
      },
      triggers: joining.map(({ replica }) => replica.id),
    },
    { deleteBeforeReplace: isRolling(pool) },
  );
}

/** The line of the balancer's configuration that stands for a replica. */
export function renderLine(pool: PlannedPool, number: number, replica: Unit): pulumi.Output<string> {
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
