import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { Strategy } from "../types";
import type { Gate } from "../../deploy/tasks";
import type { Inputs } from "../resources/commands";
import type { Context } from "../resources/context";
import type { Image } from "../resources/images";
import { logArgs, resourceArgs } from "../resources/limits";
import { labels } from "../resources/presence";
import { limitProcesses, rightsArgs } from "../resources/rights";
import { renderUploads } from "./options/files";
import { renderHealthCheck } from "./options/health-check/render";
import { renderMounts } from "./options/mounts/mounts";
import { listNeeded, type SharedVolumes } from "./options/mounts/shared-volumes";
import { resolveRights } from "./options/security";
import { listStoreNetworks, listStoreOrigins, renderVariables } from "./options/variables";
import type { PlannedPool, PlannedWorkers } from "./plan";
import { labelName, type Labels } from "../../engine/labels";

/** The surroundings of the replicas of a pool. */
export interface PoolParts {
  image: Image;
  /** The network that is the pool's own, or that it shares with its balancer. */
  network: docker.Network;
  /** Networks of the internal pools that it reaches. */
  further: docker.Network[];
  /** Volumes of the service. */
  shared: SharedVolumes;
  /** Resources that must be there first. */
  after: pulumi.Resource[];
}

/** Labels whose change makes it a new replica. */
function listMarks({ command, strategy }: PlannedPool | PlannedWorkers): docker.types.input.ContainerLabel[] {
  return [
    // Replicas of a pool from before commands let in all of them together: what drained each alone takes it out of the balancer.
    { label: labelName("strategy"), value: strategy },
    // A command that is no longer asked for is no change to the provider: it keeps the one that the container has.
    ...(command === undefined ? [] : [{ label: labelName("command"), value: "own" }]),
  ];
}

/** A replica among others. */
interface Place {
  number: number;
  /** Name of its resource in the service. */
  child: string;
  /** Those that are to be there first, where an update goes one by one. */
  previous: pulumi.Resource[];
}

/** Makes a replica. */
export function createReplica(
  context: Context,
  pool: PlannedPool | PlannedWorkers,
  parts: PoolParts,
  { number, child, previous }: Place,
): docker.Container {
  const own = replicaLabels(pool, number);
  const rights = resolveRights(pool);
  return new docker.Container(
    `${context.name}-${child}`,
    {
      ...containerArgs(context, pool, parts),
      ...rightsArgs(rights),
      envs: renderVariables(pool, own.replica),
      ...logArgs(pool.logs, own.replica),
      labels: labels(context, "container", own).apply((known) => [...known, ...listMarks(pool)]),
    },
    {
      parent: context.parent,
      deleteBeforeReplace: isRolling(pool),
      dependsOn: [
        ...parts.after,
        ...listNeeded(parts.shared, pool),
        parts.image.command,
        ...previous,
        ...listStoreOrigins(pool.stores),
      ],
      // The provider takes the first two for changes that need nothing done, and would lower a limit on what serves.
      replaceOnChanges: ["healthcheck", "init", "memory", "memorySwap"],
      // The order of two networks is not the same at each look.
      ignoreChanges: ["networkDatas"],
      // Whoever joins a balancer gets its limit on the way.
      ...(pool.port === undefined ? { hooks: { afterCreate: [limitProcesses(context, rights)] } } : {}),
    },
  );
}

/** The labels of a replica; those of workers have another role. */
export function replicaLabels(
  { name, port }: Pick<PlannedPool | PlannedWorkers, "name" | "port">,
  number: number,
): Labels & { replica: string } {
  return {
    role: port === undefined ? "worker" : "replica",
    pool: name,
    replica: `${name}-${number}`,
  };
}

/** Whether replicas are replaced one by one: a single one that went first would leave nobody. */
export function isRolling({ strategy, replicas }: Pick<PlannedPool, "strategy" | "replicas">): boolean {
  return strategy === Strategy.Rolling && replicas > 1;
}

/** Numbers of a pool's replicas. */
export function listNumbers({ replicas }: Pick<PlannedPool, "replicas">): number[] {
  return Array.from({ length: replicas }, (_, index) => index + 1);
}

/**
 * Name of a replica's resource in its service. One that goes before its successor comes is another resource than one that
 * stays until then: a pool that is to be updated in the other way from now on gets new replicas beside those it has.
 */
export function nameReplica(
  { name, strategy }: Pick<PlannedPool, "name" | "strategy">,
  number: number,
): string {
  return strategy === Strategy.Rolling ? `${name}-${number}-rolling` : `${name}-${number}`;
}

/** The values by which a script sees whether a replica is healthy. */
export function resolveGate(
  context: Context,
  { health, security }: Pick<PlannedPool, "health" | "security">,
  replica: docker.Container,
  title: string,
): Inputs<Gate> {
  return {
    replica: replica.name,
    title,
    startSeconds: health.startSeconds,
    ...(security.strict ? { mustNotBeRoot: true } : {}),
    ...(context.without.length === 0 ? {} : { without: context.without }),
  };
}

function containerArgs(
  context: Context,
  pool: PlannedPool | PlannedWorkers,
  parts: PoolParts,
): docker.ContainerArgs {
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
    healthcheck: renderHealthCheck(pool.health, pool.port),
    // The first process reaps and survives the health check's kill, and the restart policy brings the rest back.
    init: true,
    restart: "unless-stopped",
    mustRun: true,
    destroyGraceSeconds: pool.stopSeconds,
  };
}
