import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoringArgs } from "../../monitoring-types";
import type { ResourcesArgs } from "../../types";
import { userName } from "../../../monitoring/prometheus";
import { type Context, labels } from "../context";
import { defaultImages } from "./images";
import { formatDuration } from "../health";
import { type Image, provideImage } from "../images";
import { logArgs, resourceArgs } from "../resources";

/** What the servers are made from. */
export interface MonitoringParts {
  context: Context;
  args: MonitoringArgs;
  network: docker.Network;
  password: pulumi.Output<string>;
  web: pulumi.Output<string>;
}

/** A server of the monitoring. */
export interface ServerParts {
  /** What it is called among those of its monitoring, and on their network. */
  title: string;
  image: Image;
  command: string[];
  /** Names of its networks. */
  networks: pulumi.Input<string[]>;
  /** Files in it, by path. */
  files?: Record<string, pulumi.Input<string>>;
  volumes?: docker.types.input.ContainerVolume[];
  /** Ports of 127.0.0.1, and its own. */
  ports?: { external: number; internal: number };
  health: string;
  limits?: ResourcesArgs;
}

/** Makes a container; one that is replaced ends before the next one starts, because both would write the same data. */
export function createServer(context: Context, args: MonitoringArgs, parts: ServerParts): docker.Container {
  const { title, image, ports, files = {}, volumes = [], limits } = parts;
  const uploads = Object.entries(files).map(([file, content]) => ({ file, content }));
  return new docker.Container(
    `${context.name}-${title}`,
    {
      image: image.id,
      command: parts.command,
      ...(uploads.length === 0 ? {} : { uploads }),
      ...(volumes.length === 0 ? {} : { volumes }),
      ...(ports === undefined ? {} : { ports: [{ ...ports, ip: "127.0.0.1", protocol: "tcp" }] }),
      networkMode: "bridge",
      networksAdvanced: pulumi
        .output(parts.networks)
        .apply((names) => names.map((name) => ({ name, aliases: [`${context.name}-${title}`] }))),
      ...resourceArgs(context, title, limits === undefined ? {} : { limits }),
      ...logArgs(args.logs),
      labels: labels(context, { "flotilla.role": "monitoring", "flotilla.server": title }),
      healthcheck: {
        tests: ["CMD-SHELL", parts.health],
        interval: formatDuration(10),
        timeout: formatDuration(5),
        retries: 6,
        startPeriod: formatDuration(120),
        startInterval: "0s",
      },
      restart: "unless-stopped",
      mustRun: true,
      destroyGraceSeconds: 30,
    },
    {
      parent: context.parent,
      deleteBeforeReplace: true,
      dependsOn: [image.command],
      replaceOnChanges: ["healthcheck"],
      ignoreChanges: ["networkDatas"],
    },
  );
}

/** Makes a volume whose name is fixed, so that what was removed finds its data when it comes back. */
export function createDataVolume(context: Context, args: MonitoringArgs, title: string): docker.Volume {
  const name = `${pulumi.getProject()}-${pulumi.getStack()}-${context.name}-${title}`.toLowerCase();
  return new docker.Volume(
    `${context.name}-${title}-data`,
    { name, labels: labels(context, { "flotilla.role": "data" }) },
    {
      parent: context.parent,
      protect: args.protect ?? false,
      retainOnDelete: true,
      ignoreChanges: ["labels"],
    },
  );
}

/** A shell command that asks a server as its user; the images have nothing but BusyBox. */
export function askReady(port: number, passwordFile: string): string {
  return `wget -q -O /dev/null "http://${userName}:$(cat ${passwordFile})@127.0.0.1:${port}/-/ready"`;
}

/** Provides the image of a server; another one comes when it is asked for by its name. */
export function provideServerImage(
  { context, args }: MonitoringParts,
  title: string,
  server: keyof typeof defaultImages,
): Image {
  const reference = args.images?.[server] ?? defaultImages[server];
  return provideImage(context, `${context.name}-${title}-image`, reference, undefined, false);
}
