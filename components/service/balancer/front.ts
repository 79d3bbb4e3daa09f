import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { countEndSeconds } from "../../../deploy/balancers";
import { mayMigrateRequests } from "../../../engine/kernel";
import { metricsPort } from "../../../nginx/places";
import { logArgs, resourceArgs } from "../../resources/limits";
import { labels } from "../../resources/presence";
import type { Context } from "../../resources/context";
import type { Image } from "../../resources/images";
import { laterRightsArgs } from "../../resources/rights";
import { type Limited, listVolumes, resolveSharedRights } from "./rights";
import { labelName, type Labels } from "../../../engine/labels";
import type { BalancerPlan } from "../plan";
import { healthOfSharing, startFront, startSharing, usualHealth } from "./start";

/**
 * Arguments of a container that holds the network and the published ports for the balancers that share it, and is one itself only
 * while no other is there.
 */
export function frontArgs(context: Context, { port }: BalancerPlan): Partial<docker.ContainerArgs> {
  const listens = `grep -qi ':${port.toString(16).padStart(4, "0")} 00000000:0000 0A' /proc/net/tcp`;
  return {
    entrypoints: ["sh", "-c", startFront],
    healthcheck: { ...usualHealth, tests: ["CMD-SHELL", listens] },
    // Who comes to an Nginx that listens no more is taken over by another one.
    sysctls: context.engine.apply(async (engine) =>
      (await mayMigrateRequests(engine)) ? { "net.ipv4.tcp_migrate_req": "1" } : {},
    ) as pulumi.Output<Record<string, string>>,
  };
}

/** Arguments in which a front may be as it was made: it would take the network from the balancers to make it anew. */
export const keptOfFront = [
  ...["image", "entrypoints", "healthcheck", "sysctls", "stopSignal", "destroyGraceSeconds"],
  ...["cpus", "cpuShares", "memory", "memorySwap", "memoryReservation", "logDriver", "logOpts"],
];

/** The labels of a container that shares a front. */
function sharingLabels(title: string, number: number): Labels {
  return { role: "balancer", balancer: title, number: String(number) };
}

/** Port, in the network of the front, at which Prometheus finds the figures of one balancer. */
export function portOfFigures(number: number): number {
  return metricsPort + number - 1;
}

/** Things that the balancers of a front share. */
interface Shared {
  front: docker.Container;
  image: Image;
  network: docker.Network;
  configuration: docker.Volume;
  /** The rights of the front. */
  rights: pulumi.Output<Limited | undefined>;
}

/** The balancers that share a front, each in a container of its own. */
export function createSharing(context: Context, plan: BalancerPlan, shared: Shared): docker.Container[] {
  const { title, balancer, pools } = plan;
  const { front, image, network, configuration } = shared;
  const rights = shared.rights.apply((limited) => resolveSharedRights(limited, balancer.security));
  return Array.from({ length: balancer.replicas ?? 0 }, (_, index) => {
    const number = index + 1;
    const own = sharingLabels(title, number);
    return new docker.Container(
      `${context.name}-${title}-${number}`,
      {
        image: image.id,
        // Another text would have those that run made anew.
        entrypoints: rights.apply((limited) => [
          ...["sh", "-c"],
          startSharing(portOfFigures(number), limited?.writable !== undefined),
        ]),
        networkMode: pulumi.interpolate`container:${front.id}`,
        volumes: listVolumes(rights, configuration),
        ...resourceArgs(context, title, balancer),
        ...laterRightsArgs(rights),
        ...logArgs(balancer.logs, `${title}-${number}`),
        labels: pulumi
          .all([labels(context, "container", own), network.name])
          .apply(([all, name]) => [...all, { label: labelName("shares"), value: name }]),
        healthcheck: { ...usualHealth, tests: ["CMD-SHELL", healthOfSharing] },
        // It goes on with what it was asked, while others take what comes.
        stopSignal: "SIGQUIT",
        restart: "unless-stopped",
        mustRun: true,
        destroyGraceSeconds: countEndSeconds(pools),
      },
      {
        parent: context.parent,
        dependsOn: [front],
        replaceOnChanges: ["healthcheck"],
        ignoreChanges: ["networkDatas"],
      },
    );
  });
}
