import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../resources/context";
import { settleEngine } from "../../resources/context";
import { logArgs, resourceArgs } from "../../resources/limits";
import { labels } from "../../resources/presence";
import { limitProcesses, rightsArgs } from "../../resources/rights";
import { findContainers } from "../../../deploy/containers";
import { labelName } from "../../../engine/labels";
import { stopReplaced } from "../../../engine/replaced";
import { balancerLabels } from "../balancer/labels";
import { createSharing, frontArgs, keptOfFront } from "../balancer/front";
import { ownHealth, startNginx, usualHealth } from "../balancer/start";
import { renderUploads } from "../options/files";
import { renderHealthCheck } from "../options/health-check/render";
import { renderMounts } from "../options/mounts/mounts";
import { listNeeded } from "../options/mounts/shared-volumes";
import { resolveRights } from "../options/security";
import { listStoreNetworks, listStoreOrigins, renderVariables } from "../options/variables";
import type { BalancerPlan, PlannedPool, PlannedWorkers } from "../plan";
import { listPublished } from "../published-ports";
import { isRolling, type Place, type PoolParts, replicaLabels } from "../replica";
import type { BalancerParts, Ground } from "./ground";

/** One engine: what runs is its containers. */
export const oneEngine: Ground = {
  hasNodes: false,
  createNetwork: (context, name) =>
    new docker.Network(
      `${context.name}-${name}-network`,
      { labels: labels(context, "network", { network: name }) },
      { parent: context.parent },
    ),
  createReplica,
  reachBalancers: (context) => context,
  houseBalancer(context, plan, parts) {
    const configurationVolume = createConfigurationVolume(context, plan);
    const unit = createContainer(context, plan, configurationVolume, parts);
    const { image, network } = parts;
    const sharing = createSharing(context, plan, {
      ...{ front: unit, image, network, configuration: configurationVolume },
    });
    return { unit, sharing, configurationVolume };
  },
  // Its volume does.
  keepSettings: () => undefined,
};

/** Labels whose change makes it a new replica. */
function listMarks({ command, strategy }: PlannedPool | PlannedWorkers): docker.types.input.ContainerLabel[] {
  return [
    // Replicas of a pool from before commands let in all of them together: what drained each alone takes it out of the balancer.
    { label: labelName("strategy"), value: strategy },
    // A command that is no longer asked for is no change to the provider: it keeps the one that the container has.
    ...(command === undefined ? [] : [{ label: labelName("command"), value: "own" }]),
  ];
}

/** Makes a replica. */
function createReplica(
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

function createConfigurationVolume(context: Context, { title }: BalancerPlan): docker.Volume {
  return new docker.Volume(
    `${context.name}-${title}-configuration`,
    { labels: labels(context, "volume", { balancer: title }) },
    { parent: context.parent },
  );
}

function createContainer(
  context: Context,
  plan: BalancerPlan,
  configuration: docker.Volume,
  parts: BalancerParts,
): docker.Container {
  const { title, balancer, alias } = plan;
  const { image, network, pools, after } = parts;
  const isFront = balancer.replicas !== undefined;
  return new docker.Container(
    `${context.name}-${title}`,
    {
      image: image.id,
      entrypoints: ["sh", "-c", startNginx],
      networkMode: "bridge",
      networksAdvanced: [{ name: network.name, ...(alias === undefined ? {} : { aliases: [alias] }) }],
      // A balancer that replaces another starts with the configuration that the other had.
      volumes: [{ volumeName: configuration.name, containerPath: "/etc/flotilla" }],
      ...(alias === undefined
        ? {
            ports: listPublished(plan).map((port) => ({
              ...port,
              ip: balancer.address,
              protocol: "tcp",
            })),
          }
        : {}),
      ...resourceArgs(context, title, balancer),
      ...logArgs(balancer.logs),
      labels: labels(context, "container", balancerLabels(title)),
      healthcheck: { ...usualHealth, tests: ["CMD-SHELL", ownHealth] },
      // Not SIGQUIT, on which Nginx stops listening and then waits for its clients: nobody else listens meanwhile.
      stopSignal: "SIGTERM",
      restart: "unless-stopped",
      mustRun: true,
      destroyGraceSeconds: 10,
      ...(isFront ? frontArgs(context, plan) : {}),
    },
    {
      parent: context.parent,
      // Two containers cannot publish the same port.
      deleteBeforeReplace: true,
      dependsOn: [...after, ...pools.flatMap(({ members }) => members)],
      replaceOnChanges: isFront ? [] : ["healthcheck"],
      ignoreChanges: ["networkDatas", ...(isFront ? keptOfFront : [])],
      hooks: { beforeCreate: [freePorts(context)] },
    },
  );
}

/** An update that was killed may have created a balancer that no state knows; it would hold the port, as one does that is replaced. */
function freePorts(context: Context): pulumi.ResourceHookFunction {
  return async ({ newInputs }) => {
    const inputs = newInputs as {
      networksAdvanced: { name: string }[];
      labels: { label: string; value: string }[];
      ports?: { external: number }[];
    };
    const network = inputs.networksAdvanced[0]?.name ?? "";
    const title = inputs.labels.find(({ label }) => label === labelName("balancer"))?.value ?? "";
    const engine = await settleEngine(context);
    for (const container of await findContainers(engine, balancerLabels(title), network, { all: true }))
      await engine.attempt(["rm", "--force", "--volumes", container]);
    const ports = inputs.ports?.map(({ external }) => external) ?? [];
    await stopReplaced(engine, ports);
  };
}
