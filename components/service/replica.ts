import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { Strategy } from "../types";
import type { Gate } from "../../deploy/tasks";
import type { Inputs } from "../resources/commands";
import type { Context } from "../resources/context";
import type { Image } from "../resources/images";
import type { Unit } from "./ground/unit";
import type { SharedVolumes } from "./options/mounts/shared-volumes";
import type { PlannedPool, PlannedWorkers } from "./plan";
import type { Labels } from "../../engine/labels";

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
  /** Makes one on whatever runs it. */
  make: MakeReplica;
}

/** A replica among others. */
export interface Place {
  number: number;
  /** Name of its resource in the service. */
  child: string;
  /** Those that are to be there first, where an update goes one by one. */
  previous: pulumi.Resource[];
}

/** Makes a replica. */
export type MakeReplica = (
  context: Context,
  pool: PlannedPool | PlannedWorkers,
  parts: PoolParts,
  place: Place,
) => Unit;

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
  replica: Unit,
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
