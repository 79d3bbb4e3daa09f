import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { userName } from "../../monitoring/prometheus";
import type { Labels } from "../../engine/labels";
import type { Context } from "../resources/context";
import { type Image, provideImage } from "../resources/images";
import { createKeptVolume } from "../resources/kept-volume";
import { ownName } from "../resources/own-names";
import { none, type Rights } from "../resources/rights";
import { createServerContainer } from "../resources/server-container";
import type { ResourcesArgs } from "../types";
import type { MonitoringModel } from "./schema";

/** Context that all servers of a monitoring share. */
export interface MonitoringContext extends Context {
  settings: MonitoringModel;
  network: docker.Network;
  /** Password of the user that they know. */
  password: pulumi.Output<string>;
  /** The file by which Prometheus and Alertmanager know that user. */
  web: pulumi.Output<string>;
  /** Known when nobody else uses their volumes. */
  unused: pulumi.Output<true>;
}

/** A server of the monitoring. */
export interface Server {
  /** Name among the servers of its monitoring, and on their network. */
  title: string;
  image: Image;
  limits: ResourcesArgs;
  /** Arguments for its program; the image's own when left out. */
  command?: string[];
  env?: Record<string, string>;
  /** Names of its networks; the monitoring's own when left out. */
  networks?: pulumi.Output<string[]>;
  /** Resources that must be there before it is started. */
  after?: pulumi.Resource[];
  /** Files in it, by path. */
  files?: Record<string, pulumi.Input<string>>;
  volumes?: docker.types.input.ContainerVolume[];
  /** Ports of 127.0.0.1, and its own. */
  ports?: { external: number; internal: number };
  health: string;
  /** Its rights; none of root's when left out. */
  rights?: Rights;
  /** Its further arguments. */
  shape?: Partial<docker.ContainerArgs>;
}

function labelServer(title: string): Labels {
  return { role: "monitoring", server: title };
}

/** Makes a server of the monitoring. */
export function createServer(monitoring: MonitoringContext, server: Server): docker.Container {
  const { title, image, limits, files, command, env, ports, volumes, health, shape } = server;
  return createServerContainer(monitoring, {
    ...{ title, image, files },
    networks: server.networks ?? [monitoring.network.name],
    aliases: [`${monitoring.name}-${title}`],
    labels: labelServer(title),
    resources: { limits },
    rights: server.rights ?? none,
    logs: monitoring.settings.logs,
    health: { command: health, intervalSeconds: 10, timeoutSeconds: 5, retries: 6, startSeconds: 120 },
    stopSeconds: 30,
    shape: {
      command,
      envs: env && Object.entries(env).map(([key, value]) => `${key}=${value}`),
      volumes,
      ports: ports && [{ ...ports, ip: "127.0.0.1", protocol: "tcp" }],
      ...shape,
    },
  });
}

/** Name of the volume in which a server keeps its data. */
export function nameDataVolume(monitoring: string, title: string): string {
  return ownName(monitoring, title).toLowerCase();
}

/** Makes the volume in which a server keeps its data. */
export function createDataVolume(monitoring: MonitoringContext, title: string): docker.Volume {
  const { name, unused, settings } = monitoring;
  return createKeptVolume(monitoring, `${title}-data`, {
    name: unused.apply(() => nameDataVolume(name, title)),
    labels: { role: "data" },
    protect: settings.protect,
  });
}

/** A shell command that asks a server with what a file has; the images have nothing but BusyBox. */
export function askReady(port: number, requestFile: string): string {
  return `nc 127.0.0.1 ${port} <${requestFile} | { read -r version status rest && [ "$status" = 200 ]; }`;
}

/** Asks a server as its user whether it is ready: a file, because everybody on the host can read the arguments of programs. */
export function renderReadyRequest(password: string): string {
  const login = Buffer.from(`${userName}:${password}`).toString("base64");
  return `GET /-/ready HTTP/1.0\r\nAuthorization: Basic ${login}\r\n\r\n`;
}

/** Provides the image of a server; another one comes when it is asked for by its name. */
export function provideServerImage(
  context: Context,
  { registry }: MonitoringModel,
  title: string,
  reference: string,
): Image {
  return provideImage(context, `${context.name}-${title}-image`, reference, registry, false, [
    labelServer(title),
  ]);
}
