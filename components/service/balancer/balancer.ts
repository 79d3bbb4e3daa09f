import type { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import { noMember } from "../../../nginx/members";
import { createCommand } from "../../resources/commands";
import type { ConfiguredPlan } from "./configuration";
import type { Context } from "../../resources/context";
import type { Image } from "../../resources/images";
import { resolveCanaries } from "../options/canary/resolve";
import type { BalancerParts, Ground } from "../ground/ground";
import type { Unit } from "../ground/unit";
import type { BalancerPlan } from "../plan";
import { renderLine } from "../pool";
import { resolveGate } from "../replica";
import { listPublished } from "../published-ports";

/** Has Nginx check the settings before any replica is touched. */
export function checkSettings(
  context: Context,
  plan: ConfiguredPlan,
  image: Image,
  network: docker.Network,
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
    },
    triggers: [...triggers, published, image.id],
  });
}

/** The resources of a balancer. */
export interface CreatedBalancer {
  plan: BalancerPlan;
  network: docker.Network;
  /** Its container, or the front of those that share one. */
  container: Unit;
  /** The volume of its configuration, where it has one. */
  configurationVolume: docker.Volume | undefined;
  /** The command that gives it its configuration: done when traffic flows. */
  push: local.Command;
}

/** Makes a balancer's container, then gives it its configuration. */
export function createBalancer(
  context: Context,
  ground: Ground,
  plan: ConfiguredPlan,
  parts: BalancerParts,
): CreatedBalancer {
  const { network, pools, trouble } = parts;
  const { settings, files, secretFiles, folders, triggers } = plan.configuration;
  const { unit: container, sharing, configurationVolume } = ground.houseBalancer(context, plan, parts);
  const lines = pools.map((pool) =>
    pool.containers.map((replica, index) => renderLine(pool, index + 1, replica)),
  );
  const upstreams = pools.map((pool, i) => ({
    name: pool.name,
    lines: lines[i] ?? [],
    port: pool.port,
    failSeconds: pool.balancing.failures.seconds,
    idleSeconds: pool.balancing.keepalive.idleSeconds,
    probe: pool.probe,
    drainSeconds: pool.drainSeconds,
    streamSeconds: pool.streamSeconds,
    gates: pool.containers.map((replica, index) =>
      resolveGate(context, pool, replica, `${pool.name}-${index + 1}`),
    ),
  }));
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
        upstreams,
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
      ],
    },
    { dependsOn: pools.flatMap(({ members }) => members) },
  );
  ground.keepSettings(context, plan, parts, { push, upstreams });
  return { plan, network, container, configurationVolume, push };
}
