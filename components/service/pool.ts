import * as docker from "@pulumi/docker";
import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { renderMember } from "../../nginx/members";
import { Strategy } from "../types";
import { createCommand, type Inputs } from "../resources/commands";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { resolveMember } from "./options/balancing/upstream";
import { renderUploads } from "./options/files";
import { renderHealthCheck } from "./options/health-check/render";
import type { Gate } from "../../deploy/tasks";
import type { Image } from "../resources/images";
import { renderMounts } from "./options/mounts/mounts";
import type { PlannedPool } from "./plan";
import { logArgs, resourceArgs } from "../resources/limits";
import { listNeeded, type SharedVolumes } from "./options/mounts/shared-volumes";
import { listStoreNetworks, listStoreOrigins, renderVariables } from "./options/variables";

/** A pool's replicas, and the commands that let them in and out of the balancer. */
export interface CreatedPool extends PlannedPool {
  /** The network that the replicas share with their balancer. */
  network: docker.Network;
  /** Value of the label by which the pool's balancer is found. */
  balancer: string;
  containers: docker.Container[];
  members: local.Command[];
}

/** The parts of a pool. */
interface PoolParts {
  image: Image;
  network: docker.Network;
  balancer: string;
  /** Networks of the internal pools that it reaches. */
  further: docker.Network[];
  /** Volumes of the service. */
  shared: SharedVolumes;
  /** Resources that must be there first. */
  after: pulumi.Resource[];
}

/** Makes the replicas of a pool. */
export function createPool(context: Context, planned: PlannedPool, parts: PoolParts): CreatedPool {
  const { name } = planned;
  const pool: CreatedPool = {
    ...planned,
    network: parts.network,
    balancer: parts.balancer,
    containers: [],
    members: [],
  };
  // A single replica that went first would leave nobody.
  const rolling = pool.strategy === Strategy.Rolling && planned.replicas > 1;
  const shared = containerArgs(context, planned, parts);
  for (let number = 1; number <= planned.replicas; number++) {
    const title = `${name}-${number}`;
    const previous = rolling ? pool.members.slice(-1) : [];
    const replica = new docker.Container(
      `${context.name}-${title}`,
      {
        ...shared,
        envs: renderVariables(planned, title),
        labels: labels(context, "container", replicaLabels(name, number)),
      },
      {
        parent: context.parent,
        deleteBeforeReplace: rolling,
        dependsOn: [
          ...parts.after,
          ...listNeeded(parts.shared, planned),
          parts.image.command,
          ...previous,
          ...listStoreOrigins(planned.stores),
        ],
        // The provider takes the first two for changes that need nothing done, and would lower a limit on what serves.
        replaceOnChanges: ["healthcheck", "init", "memory", "memorySwap"],
        // The order of two networks is not the same at each look.
        ignoreChanges: ["networkDatas"],
      },
    );
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
            balancer: parts.balancer,
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

/** The labels of a replica. */
export function replicaLabels(pool: string, number: number): Record<string, string> {
  return { "flotilla.role": "replica", "flotilla.pool": pool, "flotilla.replica": `${pool}-${number}` };
}

/** The line of the balancer's configuration that stands for a replica. */
export function renderLine(
  pool: PlannedPool,
  number: number,
  replica: docker.Container,
): pulumi.Output<string> {
  const { failures, sticky } = pool.balancing;
  const surroundings = { maxFails: failures.count, failSeconds: failures.seconds, sticky };
  return replica.name.apply((name) => renderMember({ name, ...resolveMember(pool, number) }, surroundings));
}

/** The values by which a script sees whether a replica is healthy. */
export function resolveGate(
  context: Context,
  { health }: PlannedPool,
  replica: docker.Container,
  title: string,
): Inputs<Gate> {
  return {
    replica: replica.name,
    title,
    startSeconds: health.startSeconds,
    ...(context.without.length === 0 ? {} : { without: context.without }),
  };
}

function containerArgs(context: Context, pool: PlannedPool, parts: PoolParts): docker.ContainerArgs {
  const uploads = renderUploads(pool);
  return {
    image: parts.image.id,
    command: pool.command,
    user: pool.user,
    uploads: uploads.length === 0 ? undefined : uploads,
    ...renderMounts(pool.mounts, parts.shared),
    networkMode: "bridge",
    networksAdvanced: [
      { name: parts.network.name },
      ...parts.further.map(({ name }) => ({ name })),
      ...pool.networks.map((name) => ({ name })),
      ...listStoreNetworks(pool.stores).map((name) => ({ name })),
    ],
    ...resourceArgs(context, `pools.${pool.name}`, pool),
    ...logArgs(pool.logs),
    healthcheck: renderHealthCheck(pool.health, pool.port),
    // The first process reaps and survives the health check's kill, and the restart policy brings the rest back.
    init: true,
    restart: "unless-stopped",
    mustRun: true,
    destroyGraceSeconds: pool.stopSeconds,
  };
}
