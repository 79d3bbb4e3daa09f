import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { countEndSeconds } from "../../../deploy/balancers";
import { renderSecretFiles } from "../../../deploy/configuration-files";
import { renderEdits } from "../../../deploy/edits";
import {
  keptFiles,
  lineSecret,
  readSerial,
  renderBalancer,
  renderHealth,
  renderKeeper,
  renderKept,
  renderKeptSecrets,
  writeSerial,
} from "../../../deploy/swarm/scripts";
import type { PushTask } from "../../../deploy/tasks";
import type { Inputs } from "../../resources/commands";
import type { Context } from "../../resources/context";
import { labels } from "../../resources/presence";
import type { ConfiguredPlan } from "../balancer/configuration";
import { balancerLabels } from "../balancer/labels";
import { listPublished } from "../published-ports";
import { toBase64 } from "./base64";
import type { BalancerParts } from "./ground";
import type { EngineSettings } from "./schema";
import { placeDuration, placeHealth, placeImage, placeLogs, placeResources, restarts } from "./swarm-parts";

/** The way to the balancers of a swarm. */
export interface ControlPlace {
  /** The network that they and their keepers are on, and nobody else. */
  network: docker.Network;
  /** Certificate and key by which they know who may change them. */
  secret: docker.Secret;
}

/** Names on the control network by which balancers find each other, and who keeps their settings. */
function nameMeetings(title: string): { peers: string; keeper: string } {
  return { peers: `${title}-peers`, keeper: `${title}-keeper` };
}

/** A pulled cable is noticed in seconds, and not in a quarter of an hour. */
const sysctl = { "net.ipv4.tcp_retries2": "4" };

/** Makes a balancer on each node that is to have one. */
export function createBalancer(
  context: Context,
  settings: EngineSettings,
  control: ControlPlace,
  plan: ConfiguredPlan,
  { image, network, pools, after }: BalancerParts,
): docker.Service {
  const { title, balancer, alias } = plan;
  const names = nameMeetings(title);
  const known = labels(context, "container", balancerLabels(title));
  return new docker.Service(
    `${context.name}-${title}`,
    {
      mode: { global: true },
      endpointSpec: {
        mode: "dnsrr",
        ...(alias === undefined
          ? {
              ports: listPublished(plan).map(({ external, internal }) => ({
                ...{ targetPort: internal, publishedPort: external, publishMode: "host", protocol: "tcp" },
              })),
            }
          : {}),
      },
      labels: known,
      taskSpec: {
        containerSpec: {
          image: placeImage(settings, image),
          commands: ["sh", "-c", renderBalancer(names)],
          labels: known,
          init: true,
          secrets: [useLine(control)],
          sysctl,
          stopSignal: "SIGTERM",
          // It says that it ends, waits for clients to go, and then for what they asked.
          stopGracePeriod: placeDuration(Math.min(55, countEndSeconds(pools))),
          ...placeHealth(renderHealth(), { interval: 3, timeout: 5 }),
        },
        networksAdvanceds: [
          { id: network.id, ...(alias === undefined ? {} : { aliases: [alias] }) },
          { id: control.network.id, aliases: [names.peers] },
        ],
        ...placeResources(balancer),
        ...placeLogs(balancer.logs),
        ...restarts,
        ...(settings.balancers.length === 0 ? {} : { placement: { constraints: settings.balancers } }),
      },
      // Two cannot publish the same port of a node.
      updateConfig: { parallelism: 1, order: "stop-first", failureAction: "pause" },
    },
    { parent: context.parent, dependsOn: [...after, ...pools.flatMap(({ members }) => members)] },
  );
}

/** Makes what keeps the settings that a push has proven last. */
export function createKeeper(
  context: Context,
  settings: EngineSettings,
  control: ControlPlace,
  plan: ConfiguredPlan,
  { image }: BalancerParts,
  { push, upstreams }: { push: local.Command; upstreams: Inputs<PushTask>["upstreams"] },
): void {
  const { title, configuration } = plan;
  const { settings: text, files, secretFiles } = configuration;
  const options = { parent: context.parent };
  const name = `${context.name}-${title}-kept`;
  const kept = pulumi
    .all([push.stdout, pulumi.output(upstreams as PushTask["upstreams"])])
    .apply(([told, lines]) => {
      const task = { settings: text, files, secretFiles: {}, folders: [], trouble: "" };
      return toBase64(renderKept(renderEdits(task, lines, writeSerial(readSerial(told)))));
    });
  const config = new docker.ServiceConfig(name, { data: kept }, options);
  const hasSecrets = plan.balancer.tls !== undefined;
  const secrets = hasSecrets
    ? [
        new docker.Secret(
          `${name}-secrets`,
          {
            data: pulumi
              .secret(secretFiles)
              .apply((texts) => toBase64(renderKeptSecrets(renderSecretFiles("next", texts)))),
          },
          options,
        ),
      ]
    : [];
  const known = labels(context, "container", { role: "keeper", balancer: title });
  new docker.Service(
    `${context.name}-${title}-keeper`,
    {
      mode: { replicated: { replicas: 1 } },
      endpointSpec: { mode: "dnsrr" },
      labels: known,
      taskSpec: {
        containerSpec: {
          image: placeImage(settings, image),
          commands: ["sh", "-c", renderKeeper()],
          labels: known,
          init: true,
          stopSignal: "SIGTERM",
          configs: [
            { configId: config.id, configName: config.name, fileName: keptFiles.settings, fileMode: 0o400 },
          ],
          secrets: [
            useLine(control),
            ...secrets.map((each) => ({
              ...{ secretId: each.id, secretName: each.name, fileName: keptFiles.secrets, fileMode: 0o400 },
            })),
          ],
          ...placeHealth(renderHealth(), { interval: 3, timeout: 5 }),
        },
        networksAdvanceds: [{ id: control.network.id, aliases: [nameMeetings(title).keeper] }],
        ...placeLogs(plan.balancer.logs),
        ...restarts,
      },
      updateConfig: { parallelism: 1, order: "start-first", failureAction: "pause" },
    },
    { ...options, dependsOn: [push] },
  );
}

function useLine({ secret }: ControlPlace): docker.types.input.ServiceTaskSpecContainerSpecSecret {
  return { secretId: secret.id, secretName: secret.name, fileName: lineSecret, fileMode: 0o400 };
}
