import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { noMember, renderMember } from "../../nginx/members";
import type { Balancer as BalancerModel, Route, Upstream } from "../../nginx/model";
import { controlPort, keepaliveMinSeconds, renderNginx } from "../../nginx/render";
import { type BalancerArgs, Method } from "../types";
import { createCommand } from "./commands";
import { type Context, labels } from "./context";
import { formatDuration } from "./health";
import type { Image } from "./images";
import { defaultDrainSeconds, gate, type Pool } from "./pool";
import { logArgs, resourceArgs } from "./resources";
import { pushScript, settingsScript } from "./scripts";
import { findContainers } from "./scripts/balancer";
import { tryDocker } from "./scripts/docker";

/** What a balancer is made from. */
export interface BalancerParts {
  /** Name of the balancer within the service. */
  title: string;
  args: BalancerArgs;
  image: Image;
  network: docker.Network;
  /** Port that it listens on in its container. */
  port: number;
  /** Name under which others on the network reach it; an internal balancer has one. */
  alias?: string;
}

/** The most tries of one request: the first, and two more. */
const tries = 3;

/** Port that the balancer in front listens on inside its container. */
export const publicPort = 80;

/** What Nginx is told about these pools. */
export function describeBalancer(
  context: Context,
  { args, port }: BalancerParts,
  pools: Pick<Pool, "name" | "args" | "health">[],
  routes: Route[],
): BalancerModel {
  return {
    port,
    shutdownSeconds: Math.max(...pools.map((pool) => pool.args.drainSeconds ?? defaultDrainSeconds)),
    upstreams: pools.map((pool) => describeUpstream(context, pool)),
    routes,
    httpDirectives: args.httpDirectives ?? [],
    serverDirectives: args.serverDirectives ?? [],
  };
}

function describeUpstream(
  context: Context,
  { name, args, health }: Pick<Pool, "name" | "args" | "health">,
): Upstream {
  const {
    connectSeconds = 1,
    readSeconds: asked,
    retrySeconds = Math.max(30, Math.ceil((asked ?? 0) * 1.5)),
  } = args.timeouts ?? {};
  const readSeconds = asked ?? Math.max(1, Math.floor((retrySeconds * 2) / 3));
  return {
    name,
    method: args.method ?? Method.LeastConnections,
    probePath: health.path,
    connectSeconds,
    readSeconds,
    sendSeconds: args.timeouts?.sendSeconds ?? readSeconds,
    retrySeconds,
    tries: context.without.includes("retries") ? 1 : tries,
  };
}

/** Has Nginx check the settings before any replica is touched. */
export function checkSettings(context: Context, parts: BalancerParts, model: BalancerModel): local.Command {
  const settings = renderNginx(model);
  const publish = publishedAddress(parts);
  return createCommand(context, `${context.name}-${parts.title}-settings`, {
    script: settingsScript,
    create: "checkSettings",
    input: {
      image: parts.image.id,
      settings,
      upstreams: model.upstreams.map(({ name }) => name),
      noMember,
      network: parts.network.name,
      ...(publish === undefined ? {} : { publish }),
    },
    triggers: [settings, publish ?? "", parts.image.id],
  });
}

function publishedAddress({ args, alias }: BalancerParts): string | undefined {
  return alias === undefined ? `${args.address ?? "0.0.0.0"}:${args.port ?? 8080}` : undefined;
}

/** Makes a balancer's container, then gives it its configuration; the returned command is done when traffic flows. */
export function createBalancer(
  context: Context,
  parts: BalancerParts,
  model: BalancerModel,
  pools: Pool[],
  after: pulumi.Resource[],
  startStopped: pulumi.Input<string>,
): local.Command {
  const container = createContainer(context, parts, [...after, ...pools.flatMap(({ members }) => members)]);
  const settings = renderNginx(model);
  const lines = pools.map(({ args, replicas }) =>
    replicas.map((replica) => replica.name.apply((name) => renderMember({ name, port: args.port }))),
  );
  return createCommand(
    context,
    `${context.name}-${parts.title}-push`,
    {
      script: pushScript,
      create: "push",
      input: {
        balancer: parts.title,
        network: parts.network.name,
        settings,
        upstreams: pools.map((pool, i) => ({
          name: pool.name,
          lines: lines[i] ?? [],
          port: pool.args.port,
          drainSeconds: pool.args.drainSeconds ?? defaultDrainSeconds,
          gates: pool.replicas.map((replica, index) =>
            gate(context, pool, replica, `${pool.name}-${index + 1}`),
          ),
        })),
        keepaliveMinSeconds,
        without: context.without,
        startStopped,
      },
      triggers: [container.id, settings, lines],
    },
    { dependsOn: pools.flatMap(({ members }) => members) },
  );
}

function createContainer(context: Context, parts: BalancerParts, after: pulumi.Resource[]): docker.Container {
  const { title, args, image, network, port, alias } = parts;
  const configuration = new docker.Volume(
    `${context.name}-${title}-configuration`,
    { labels: labels(context, { "flotilla.balancer": title }) },
    { parent: context.parent },
  );
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
            ports: [
              { internal: port, external: args.port ?? 8080, ip: args.address ?? "0.0.0.0", protocol: "tcp" },
            ],
          }
        : {}),
      ...resourceArgs(context, title, args),
      ...logArgs(args.logs),
      labels: labels(context, { "flotilla.role": "balancer", "flotilla.balancer": title }),
      healthcheck: {
        tests: ["CMD-SHELL", ownHealth],
        interval: formatDuration(10),
        timeout: formatDuration(5),
        retries: 3,
        startPeriod: formatDuration(10),
        startInterval: "0s",
      },
      stopSignal: "SIGQUIT",
      restart: "unless-stopped",
      mustRun: true,
      destroyGraceSeconds: 10,
    },
    {
      parent: context.parent,
      // Two containers cannot publish the same port.
      deleteBeforeReplace: true,
      dependsOn: after,
      replaceOnChanges: ["healthcheck"],
      ignoreChanges: ["networkDatas"],
      hooks: { beforeCreate: [removeLeftoverBalancer(context)] },
    },
  );
}

/** Waits for a first configuration, then is Nginx. */
const startNginx = [
  "until nginx -t -q -c /etc/flotilla/live/nginx.conf 2>/dev/null; do sleep 0.1; done",
  // A pid file of before a restart would be taken for a running Nginx.
  "rm -f /run/nginx.pid",
  "exec nginx -c /etc/flotilla/live/nginx.conf -g 'daemon off;'",
].join("; ");

const ownHealth = [
  `url=http://127.0.0.1:${controlPort}/generation`,
  "if command -v curl >/dev/null; then curl -fsS -m 3 -o /dev/null $url; else wget -q -T 3 -O /dev/null $url; fi",
].join("; ");

/** An update that was killed may have created a balancer that no state knows; it would hold the port. */
function removeLeftoverBalancer(context: Context): pulumi.ResourceHookFunction {
  return async ({ newInputs }) => {
    const inputs = newInputs as {
      networksAdvanced: { name: string }[];
      labels: { label: string; value: string }[];
    };
    const network = inputs.networksAdvanced[0]?.name ?? "";
    const title = inputs.labels.find(({ label }) => label === "flotilla.balancer")?.value ?? "";
    const host = await new Promise<string | undefined>((resolve) => context.engineHost.apply(resolve));
    if (host !== undefined) process.env.DOCKER_HOST = host;
    for (const container of await findContainers(
      "balancer",
      network,
      [`label=flotilla.balancer=${title}`],
      true,
    ))
      await tryDocker(["rm", "--force", "--volumes", container]);
  };
}
