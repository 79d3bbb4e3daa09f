import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { MonitoringArgs } from "../monitoring-types";
import type { ResourcesArgs } from "../types";
import { userName } from "../../monitoring/prometheus";
import type { Context } from "../resources/context";
import { defaultImages } from "./images";
import { type Image, provideImage } from "../resources/images";
import { createKeptVolume } from "../resources/kept-volume";
import { ownName } from "../resources/own-names";
import { createServerContainer } from "../resources/server-container";

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
  /** Arguments for its program; the image's own when left out. */
  command?: string[];
  env?: Record<string, string>;
  /** Names of its networks. */
  networks: pulumi.Output<string[]>;
  /** Files in it, by path. */
  files?: Record<string, pulumi.Input<string>>;
  volumes?: docker.types.input.ContainerVolume[];
  /** Ports of 127.0.0.1, and its own. */
  ports?: { external: number; internal: number };
  health: string;
  limits?: ResourcesArgs;
  /** What else it is. */
  shape?: Partial<docker.ContainerArgs>;
}

/** Makes a server of the monitoring. */
export function createServer(context: Context, args: MonitoringArgs, parts: ServerParts): docker.Container {
  const { title, image, networks, files, command, env, ports, volumes = [], limits, health, shape } = parts;
  return createServerContainer(context, {
    ...{ title, image, networks, files },
    aliases: [`${context.name}-${title}`],
    labels: { "flotilla.role": "monitoring", "flotilla.server": title },
    resources: limits === undefined ? {} : { limits },
    logs: args.logs,
    health: { command: health, intervalSeconds: 10, timeoutSeconds: 5, retries: 6, startSeconds: 120 },
    stopSeconds: 30,
    shape: {
      ...(command === undefined ? {} : { command }),
      ...(env === undefined ? {} : { envs: Object.entries(env).map(([key, value]) => `${key}=${value}`) }),
      ...(volumes.length === 0 ? {} : { volumes }),
      ...(ports === undefined ? {} : { ports: [{ ...ports, ip: "127.0.0.1", protocol: "tcp" }] }),
      ...shape,
    },
  });
}

/** Makes the volume in which a server keeps its data. */
export function createDataVolume(context: Context, args: MonitoringArgs, title: string): docker.Volume {
  return createKeptVolume(context, `${title}-data`, {
    name: ownName(context.name, title).toLowerCase(),
    labels: { "flotilla.role": "data" },
    protect: args.protect ?? false,
  });
}

/** A shell command that asks a server with what a file has; the images have nothing but BusyBox. */
export function askReady(port: number, requestFile: string): string {
  return `nc 127.0.0.1 ${port} <${requestFile} | { read -r version status rest && [ "$status" = 200 ]; }`;
}

/** What asks a server as its user whether it is ready: a file, because everybody on the host can read the arguments of programs. */
export function renderReadyRequest(password: string): string {
  const login = Buffer.from(`${userName}:${password}`).toString("base64");
  return `GET /-/ready HTTP/1.0\r\nAuthorization: Basic ${login}\r\n\r\n`;
}

/** Provides the image of a server; another one comes when it is asked for by its name. */
export function provideServerImage(
  { context, args }: MonitoringParts,
  title: string,
  server: keyof typeof defaultImages,
): Image {
  const reference = findImage(args, server);
  return provideImage(context, `${context.name}-${title}-image`, reference, args.registry, false);
}

/** The image of a server, as it is asked for. */
export function findImage({ images = {} }: MonitoringArgs, server: keyof typeof defaultImages): string {
  return images[server] ?? defaultImages[server];
}
