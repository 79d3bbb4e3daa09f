import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { noMember } from "../../../nginx/members";
import { keptAnswers, type Limited, listVolumes } from "./rights";
import { createSharing, frontArgs, keptOfFront } from "./front";
import { ownHealth, startLimited, startNginx, usualHealth } from "./start";
import { createCommand } from "../../resources/commands";
import type { ConfiguredPlan } from "./configuration";
import { type Context, settleEngine } from "../../resources/context";
import { labels } from "../../resources/presence";
import type { Image } from "../../resources/images";
import { resolveCanaries } from "../options/canary/resolve";
import type { BalancerPlan } from "../plan";
import { type CreatedPool, renderLine } from "../pool";
import { resolveGate } from "../replica";
import { laterRightsArgs } from "../../resources/rights";
import { logArgs, resourceArgs } from "../../resources/limits";
import { listPublished } from "../published-ports";
import { findContainers } from "../../../deploy/balancer";
import { labelName, type Labels } from "../../../engine/labels";
import { stopReplaced } from "../../../engine/replaced";

/** The parts of a balancer. */
interface BalancerParts {
  image: Image;
  network: docker.Network;
  pools: CreatedPool[];
  /** The rights of its container, or of the front's; undefined for those that Docker gives. */
  rights: pulumi.Output<Limited | undefined>;
  /** Resources that must be there before the balancer, besides the replicas. */
  after: pulumi.Resource[];
  /** Changes when there is something to put right that the state does not know of. */
  trouble: pulumi.Output<string>;
}

/** Has Nginx check the settings before any replica is touched. */
export function checkSettings(
  context: Context,
  plan: ConfiguredPlan,
  { image, network, rights }: Pick<BalancerParts, "image" | "network" | "rights">,
): local.Command {
  const { settings, files, secretFiles, certificates, triggers } = plan.configuration;
  const published = listPublished(plan).map(({ external }) => `${plan.balancer.address}:${external}`);
  return createCommand(context, `${context.name}-${plan.title}-settings`, {
    script: "settings",
    create: "checkSettings",
    input: {
      image: image.id,
      settings,
      files,
      secretFiles,
      certificates,
      upstreams: plan.pools.map(({ name }) => name),
      noMember,
      network: network.name,
      published,
      rights: rights.apply((limited) =>
        limited === undefined ? undefined : { ...limited, volumes: [keptAnswers.containerPath] },
      ),
    },
    triggers: [...triggers, published, image.id],
  });
}

/** The resources of a balancer. */
export interface CreatedBalancer {
  plan: BalancerPlan;
  network: docker.Network;
  /** Its container, or the front of those that share one. */
  container: docker.Container;
  /** The volume of its configuration. */
  configurationVolume: docker.Volume;
  /** The command that gives it its configuration: done when traffic flows. */
  push: local.Command;
}

/** Makes a balancer's container, then gives it its configuration. */
export function createBalancer(
  context: Context,
  plan: ConfiguredPlan,
  parts: BalancerParts,
): CreatedBalancer {
  const { network, pools, trouble } = parts;
  const { settings, files, secretFiles, folders, triggers } = plan.configuration;
  const configurationVolume = createConfigurationVolume(context, plan);
  const container = createContainer(context, plan, configurationVolume, parts);
  const sharing = createSharing(context, plan, {
    ...{ front: container, image: parts.image, network, configuration: configurationVolume },
    rights: parts.rights,
  });
  const { processes } = plan.balancer.security ?? {};
  const lines = pools.map((pool) =>
    pool.containers.map((replica, index) => renderLine(pool, index + 1, replica)),
  );
  const push = createCommand(
    context,
    `${context.name}-${plan.title}-push`,
    {
      script: "push",
      create: "push",
      task: resolveCanaries(pools),
      input: {
        balancer: plan.title,
        network: network.name,
        settings,
        files,
        secretFiles,
        folders,
        upstreams: pools.map((pool, i) => ({
          name: pool.name,
          lines: lines[i] ?? [],
          port: pool.port,
          failSeconds: pool.balancing.failures.seconds,
          idleSeconds: pool.balancing.keepalive.idleSeconds,
          probe: pool.probe,
          drainSeconds: pool.drainSeconds,
          streamSeconds: pool.streamSeconds,
          assets: pool.assets,
          gates: pool.containers.map((replica, index) =>
            resolveGate(context, pool, replica, `${pool.name}-${index + 1}`),
          ),
        })),
        ...(processes === undefined ? {} : { processes }),
        ...(sharing.length === 0 ? {} : { sharing: sharing.map(({ name }) => name) }),
        without: context.without,
        trouble,
      },
      triggers: [
        container.id,
        ...sharing.map(({ id }) => id),
        ...triggers,
        ...folders.map(({ hash }) => hash),
        lines,
        ...(processes === undefined ? [] : [processes]),
      ],
    },
    { dependsOn: pools.flatMap(({ members }) => members) },
  );
  return { plan, network, container, configurationVolume, push };
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
  const { image, network, pools, after, rights } = parts;
  const isFront = balancer.replicas !== undefined;
  return new docker.Container(
    `${context.name}-${title}`,
    {
      image: image.id,
      // Another text would have one that runs made anew.
      entrypoints: rights.apply((limited) => ["sh", "-c", limited === undefined ? startNginx : startLimited]),
      networkMode: "bridge",
      networksAdvanced: [{ name: network.name, ...(alias === undefined ? {} : { aliases: [alias] }) }],
      // A balancer that replaces another starts with the configuration that the other had.
      volumes: listVolumes(rights, configuration),
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
      ...laterRightsArgs(rights),
      ...logArgs(balancer.logs, title),
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

/** The labels of a balancer's container. */
export function balancerLabels(title: string): Labels {
  return { role: "balancer", balancer: title };
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
