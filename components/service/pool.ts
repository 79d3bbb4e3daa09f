import * as docker from "@pulumi/docker";
import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { renderMember } from "../../nginx/members";
import { keepaliveMinSeconds } from "../../nginx/http";
import { type PoolArgs, Strategy } from "../types";
import { createCommand, type Inputs } from "../resources/commands";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { describeMember, failSeconds, maxFails } from "./options/upstream";
import { renderSelfHealing } from "./options/health";
import type { Gate } from "../../deploy/tasks";
import type { Image } from "../resources/images";
import { renderMounts } from "./options/mounts/mounts";
import { forgetOrigin } from "../resources/outputs";
import type { PlannedPool } from "./plan";
import { logArgs, resourceArgs } from "../resources/limits";
import { listNeeded, type SharedVolumes } from "./options/mounts/shared-volumes";
import { formatDuration } from "../resources/duration";

/** A pool's replicas, and the commands that let them in and out of the balancer. */
export interface Pool extends PlannedPool {
  /** The network that the replicas share with their balancer. */
  network: docker.Network;
  /** Value of the label by which the pool's balancer is found. */
  balancer: string;
  replicas: docker.Container[];
  members: local.Command[];
}

/** What a pool is made from. */
interface PoolParts {
  image: Image;
  network: docker.Network;
  balancer: string;
  /** Networks of the internal pools that it reaches. */
  further: docker.Network[];
  /** Volumes of the service. */
  shared: SharedVolumes;
  /** What must be there first. */
  after: pulumi.Resource[];
}

/** Seconds that an old replica may go on with the requests it has when its pool says nothing. */
export const defaultDrainSeconds = 30;

/** Makes the replicas of a pool. */
export function createPool(context: Context, planned: PlannedPool, parts: PoolParts): Pool {
  const { name, args } = planned;
  const pool: Pool = {
    ...planned,
    network: parts.network,
    balancer: parts.balancer,
    replicas: [],
    members: [],
  };
  const count = args.replicas ?? 1;
  // A single replica that went first would leave nobody.
  const rolling = args.strategy === Strategy.Rolling && count > 1;
  const shared = containerArgs(context, planned, parts);
  for (let number = 1; number <= count; number++) {
    const title = `${name}-${number}`;
    const previous = rolling ? pool.members.slice(-1) : [];
    const replica = new docker.Container(
      `${context.name}-${title}`,
      {
        ...shared,
        envs: environment(args, title),
        labels: labels(context, "container", replicaLabels(name, number)),
      },
      {
        parent: context.parent,
        deleteBeforeReplace: rolling,
        dependsOn: [
          ...parts.after,
          ...listNeeded(parts.shared, args),
          parts.image.command,
          ...previous,
          ...originsOf(args.stores),
        ],
        // The provider takes the first two for changes that need nothing done, and would lower a limit on what serves.
        replaceOnChanges: ["healthcheck", "init", "memory", "memorySwap"],
        // The order of two networks is not the same at each look.
        ignoreChanges: ["networkDatas"],
      },
    );
    pool.replicas.push(replica);
    pool.members.push(
      createCommand(
        context,
        `${context.name}-${title}-member`,
        {
          script: "member",
          create: "join",
          delete: "leave",
          task: {
            ...describeGate(context, pool, replica, title),
            balancer: parts.balancer,
            network: parts.network.name,
            upstream: name,
            port: args.port,
            line: renderLine(planned, number, replica),
            joinsAlone: rolling,
            failSeconds: failSeconds(args),
            probe: planned.probe,
            drainSeconds: args.drainSeconds ?? defaultDrainSeconds,
            keepaliveMinSeconds,
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
  const { args } = pool;
  const surroundings = { maxFails: maxFails(args), failSeconds: failSeconds(args), sticky: args.sticky };
  return replica.name.apply((name) => renderMember({ name, ...describeMember(pool, number) }, surroundings));
}

/** What a script needs to see whether a replica is healthy. */
export function describeGate(
  context: Context,
  { health }: Pool,
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

function containerArgs(
  context: Context,
  { name, args, health }: PlannedPool,
  parts: PoolParts,
): docker.ContainerArgs {
  const files = [
    ...Object.entries(args.files ?? {}).map(([file, content]) => ({ file, content })),
    ...Object.entries(args.secretFiles ?? {}).map(([file, content]) => ({
      file,
      content: pulumi.secret(content),
    })),
  ];
  return {
    image: parts.image.id,
    ...(args.command === undefined ? {} : { command: args.command }),
    ...(args.user === undefined ? {} : { user: args.user }),
    ...(files.length === 0 ? {} : { uploads: files }),
    ...renderMounts(args.mounts ?? [], parts.shared),
    networkMode: "bridge",
    networksAdvanced: [
      { name: parts.network.name },
      ...parts.further.map(({ name }) => ({ name })),
      ...(args.networks ?? []).map((name) => ({ name })),
      ...Object.values(args.stores ?? {}).map((store) => ({
        name: forgetOrigin(pulumi.output(store)).apply(({ network }) => network),
      })),
    ],
    ...resourceArgs(context, `pools.${name}`, args),
    ...logArgs(args.logs),
    healthcheck: {
      tests: ["CMD-SHELL", renderSelfHealing(health)],
      interval: formatDuration(health.intervalSeconds),
      // Longer than the check's own limit, or a strike could not be counted.
      timeout: formatDuration(health.timeoutSeconds + 2),
      retries: health.retries,
      startPeriod: formatDuration(health.startSeconds),
      startInterval: "0s",
    },
    // The first process reaps and survives the health check's kill, and the restart policy brings the rest back.
    init: true,
    restart: "unless-stopped",
    mustRun: true,
    destroyGraceSeconds: args.stopSeconds ?? 10,
  };
}

/** What the connections to datastores are made from, which is started before and removed after what uses them. */
function originsOf(stores: PoolArgs["stores"] = {}): pulumi.Input<pulumi.Resource>[] {
  return Object.values(stores).map((store) =>
    pulumi.output(store).apply(() => []),
  ) as unknown as pulumi.Output<pulumi.Resource>[];
}

function environment(
  { env = {}, secrets = {}, stores = {} }: PoolArgs,
  title: string,
): pulumi.Input<string>[] {
  return [
    `INSTANCE_ID=${title}`,
    ...Object.entries(env).map(([key, value]) => pulumi.interpolate`${key}=${value}`),
    ...Object.entries(stores).map(([key, store]) =>
      pulumi.secret(pulumi.interpolate`${key}=${forgetOrigin(pulumi.output(store)).apply(({ url }) => url)}`),
    ),
    ...Object.entries(secrets).map(([key, value]) => pulumi.secret(pulumi.interpolate`${key}=${value}`)),
  ];
}
