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

const ownCommand = { label: labelName("command"), value: "own" } satisfies docker.types.input.ContainerLabel;

/** Makes a replica, after the one before where an update goes one by one. */
export function createReplica(
  context: Context,
  pool: PlannedPool | PlannedWorkers,
  parts: PoolParts,
  { title, own, previous }: { title: string; own: Labels; previous: pulumi.Resource[] },
): docker.Container {
  const found = labels(context, "container", own);
  const rights = resolveRights(pool);
  return new docker.Container(
    `${context.name}-${title}`,
    {
      ...containerArgs(context, pool, parts),
      ...rightsArgs(rights),
      envs: renderVariables(pool, title),
      // A command that is no longer asked for is no change to the provider: it keeps the one that the container has.
      labels: pool.command === undefined ? found : found.apply((known) => [...known, ownCommand]),
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
      hooks: { afterCreate: [limitProcesses(context, rights)] },
    },
  );
}

/** The labels of a replica; those of workers have another role. */
export function replicaLabels(
  { name, port }: Pick<PlannedPool | PlannedWorkers, "name" | "port">,
  number: number,
): Labels {
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

/** Titles of a pool's replicas. */
export function listTitles({ name, replicas }: Pick<PlannedPool, "name" | "replicas">): string[] {
  return Array.from({ length: replicas }, (_, index) => `${name}-${index + 1}`);
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
    ...logArgs(pool.logs),
    healthcheck: renderHealthCheck(pool.health, pool.port),
    // The first process reaps and survives the health check's kill, and the restart policy brings the rest back.
    init: true,
    restart: "unless-stopped",
    mustRun: true,
    destroyGraceSeconds: pool.stopSeconds,
  };
}
