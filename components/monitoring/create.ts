import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { fromJson } from "../../deploy/json";
import { renderWeb } from "../../monitoring/prometheus";
import { renderTargets } from "../../monitoring/targets";
import { createCommand, createSecret } from "../resources/commands";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { nameStack } from "../resources/own-names";
import { requireUnused } from "../resources/volume-users";
import { createAlertmanager } from "./alertmanager";
import { createCadvisor, locateContainers } from "./cadvisor";
import { createGrafana } from "./grafana";
import { createNodeExporter, locateHost } from "./node-exporter";
import { createPrometheus } from "./prometheus";
import type { MonitoringModel } from "./schema";
import { type MonitoringContext, nameDataVolume, provideServerImage } from "./servers";

/** How the servers of a monitoring are reached. */
interface Access {
  password: pulumi.Output<string>;
  /** Names of the containers, Prometheus' first. */
  containers: pulumi.Output<string[]>;
}

/** Makes the servers, and tells Prometheus what to look at. */
export function createMonitoring(context: Context, settings: MonitoringModel): Access {
  const { name, parent } = context;
  const network = new docker.Network(
    `${name}-network`,
    { labels: labels(context, "network", { network: name }) },
    { parent },
  );
  const targets = new docker.Volume(
    `${name}-targets-folder`,
    { labels: labels(context, "volume", { volume: `${name}-targets` }) },
    { parent },
  );
  const image = provideServerImage(context, settings, "prometheus", settings.prometheus.image);
  const keepers = ["prometheus", "alertmanager", ...(settings.grafana.enabled ? ["grafana"] : [])];
  const unused = requireUnused(context, {
    title: `Monitoring "${name}"`,
    places: keepers.map((keeper) => ({ name: nameDataVolume(name, keeper), isShared: false })),
    networks: [network],
    commands: [image.command],
  });
  const { password, web } = createPassword(context, settings);
  const monitoring: MonitoringContext = { ...context, settings, network, password, web, unused };
  const prometheus = createPrometheus(monitoring, image, targets);
  const alertmanager = createAlertmanager(monitoring);
  const others = [
    ...(settings.host ? [createNodeExporter(monitoring, targets)] : []),
    ...(settings.containers ? [createCadvisor(monitoring)] : []),
    ...(settings.grafana.enabled ? [createGrafana(monitoring)] : []),
  ];
  const containers = pulumi.all([prometheus, alertmanager, ...others].map((server) => server.name));
  writeTargets(monitoring, prometheus, alertmanager, containers);
  return { password, containers };
}

/** Tells Prometheus what to look at, and what each container is, whenever any of it is another one. */
function writeTargets(
  monitoring: MonitoringContext,
  prometheus: docker.Container,
  alertmanager: docker.Container,
  ownContainers: pulumi.Output<string[]>,
): void {
  const { name, settings } = monitoring;
  const { sources, host, containers } = settings;
  const servers = [prometheus, alertmanager];
  const own = [...(host ? [locateHost(name)] : []), ...(containers ? [locateContainers(name)] : [])];
  createCommand(monitoring, `${name}-targets`, {
    script: "monitoring",
    create: "writeTargets",
    input: {
      gates: servers.map((server) => ({ replica: server.name, title: name, startSeconds: 120 })),
      container: prometheus.name,
      targets: pulumi
        .all(sources.map((source) => source.targets))
        .apply((lists) => renderTargets([...lists.flat(), ...own])),
      stack: nameStack(),
      containers: [...sources.map((source) => source.containers), ownContainers],
    },
    triggers: servers.map(({ id }) => id),
  });
}

function createPassword(
  context: Context,
  { password }: MonitoringModel,
): { password: pulumi.Output<string>; web: pulumi.Output<string> } {
  const printed = createSecret(`${context.name}-password`, {
    script: "password",
    create: "makePassword",
    environment: password === undefined ? {} : { FLOTILLA_PASSWORD: pulumi.secret(password) },
    parent: context.parent,
  }).apply(fromJson);
  return { password: printed.password, web: printed.hash.apply(renderWeb) };
}
