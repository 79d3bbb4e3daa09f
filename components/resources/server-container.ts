import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";
import { labels } from "./presence";
import type { Image } from "./images";
import { logArgs, resourceArgs, type Resources } from "./limits";
import type { Logs } from "../../engine/log-drivers";
import { formatDuration } from "./duration";
import { limitProcesses, type Rights, rightsArgs } from "./rights";
import type { Labels } from "../../engine/labels";

/** The container of a server that keeps data. */
export interface ServerContainer {
  /** Name among the containers of its component. */
  title: string;
  image: Image;
  /** Names of its networks. */
  networks: pulumi.Output<string[]> | pulumi.Input<string>[];
  /** Its names on them. */
  aliases: string[];
  labels: Labels;
  /** Files in it, by path. */
  files?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  resources: Resources;
  rights: Rights;
  logs: Logs;
  health?: ServerHealth | undefined;
  stopSeconds: number;
  /** Resources that must be there before it is started. */
  after?: pulumi.Resource[];
  /** Its further arguments. */
  shape: Partial<docker.ContainerArgs>;
}

/** How the engine asks whether it is well. */
export interface ServerHealth {
  /** Shell command that fails when it is not. */
  command: string;
  intervalSeconds: number;
  timeoutSeconds: number;
  retries: number;
  startSeconds: number;
}

/** Makes a server. One that is replaced ends before the next one starts, because both would write the same data. */
export function createServerContainer(context: Context, server: ServerContainer): docker.Container {
  const { title, image, networks, aliases, files, health, after = [], shape } = server;
  const name = `${context.name}-${title}`;
  const attach = (network: pulumi.Input<string>): docker.types.input.ContainerNetworksAdvanced => ({
    name: network,
    aliases,
  });
  return new docker.Container(
    name,
    {
      image: image.id,
      ...(files === undefined ? {} : { uploads: pulumi.output(files).apply(toUploads) }),
      networkMode: "bridge",
      networksAdvanced: Array.isArray(networks)
        ? networks.map(attach)
        : networks.apply((names) => names.map(attach)),
      ...resourceArgs(context, name, server.resources),
      ...rightsArgs(server.rights),
      ...logArgs(server.logs, title),
      labels: labels(context, "container", server.labels),
      ...(health === undefined ? {} : { healthcheck: toHealthcheck(health) }),
      restart: "unless-stopped",
      mustRun: true,
      destroyGraceSeconds: server.stopSeconds,
      ...shape,
    },
    {
      parent: context.parent,
      deleteBeforeReplace: true,
      dependsOn: [image.command, ...after],
      replaceOnChanges: ["healthcheck"],
      ignoreChanges: ["networkDatas"],
      hooks: { afterCreate: [limitProcesses(context, server.rights)] },
    },
  );
}

function toUploads(files: Record<string, string>): docker.types.input.ContainerUpload[] {
  return Object.entries(files).map(([file, content]) => ({ file, content }));
}

function toHealthcheck(health: ServerHealth): docker.types.input.ContainerHealthcheck {
  return {
    tests: ["CMD-SHELL", health.command],
    interval: formatDuration(health.intervalSeconds),
    timeout: formatDuration(health.timeoutSeconds),
    retries: health.retries,
    startPeriod: formatDuration(health.startSeconds),
    startInterval: "0s",
  };
}
