import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { renderWeb } from "../../monitoring/prometheus";
import { defaultRuleSettings } from "../../monitoring/rules";
import { renderTargets } from "../../monitoring/targets";
import type { MonitoringArgs } from "../monitoring-types";
import { createCommand, createSecret } from "../resources/commands";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { nameStack } from "../resources/own-names";
import { monitoringScript } from "../../deploy/bundle";
import { createAlertmanager } from "./alertmanager";
import { createCadvisor, describeContainers } from "./cadvisor";
import { createGrafana } from "./grafana";
import { createNodeExporter, describeHost } from "./node-exporter";
import { createIfPossible } from "./optional";
import { createPrometheus } from "./prometheus";
import type { MonitoringParts } from "./servers";

/** What a monitoring consists of. */
export interface Made {
  password: pulumi.Output<string>;
  port: number;
  alertmanagerPort: number;
  /** Port of Grafana, where there is one. */
  grafanaPort: pulumi.Output<number | undefined>;
  /** Names of the containers. */
  containers: pulumi.Output<string[]>;
}

const defaultPort = 9090;

/** Makes the servers, and tells Prometheus what to look at. */
export function createMonitoring(context: Context, args: MonitoringArgs): Made {
  const network = new docker.Network(
    `${context.name}-network`,
    { labels: labels(context, "network", { "flotilla.network": context.name }) },
    { parent: context.parent },
  );
  const targets = new docker.Volume(
    `${context.name}-targets-folder`,
    { labels: labels(context, "volume", { "flotilla.volume": `${context.name}-targets` }) },
    { parent: context.parent },
  );
  const { password, web } = makePassword(context, args);
  const parts: MonitoringParts = { context, args, network, password, web };
  const port = args.port ?? defaultPort;
  const published = { port, alertmanagerPort: args.alertmanagerPort ?? port + 1 };
  const alertmanager = createAlertmanager(parts, published.alertmanagerPort);
  const exporter = args.host === false ? undefined : createNodeExporter(parts, targets);
  const prometheus = createPrometheus(parts, published.port, targets);
  const cadvisor = createIfPossible(parts, {
    ...{ name: "cAdvisor, which measures containers,", setting: "containers", image: "cadvisor" },
    wanted: exporter === undefined ? false : args.containers,
    create: () => createCadvisor(parts),
  });
  const grafana = addGrafana(parts, published.port + 2);
  const servers = [prometheus, alertmanager];
  writeTargets(parts, servers, [
    ...(exporter === undefined ? [] : [pulumi.output([describeHost(context)])]),
    cadvisor.apply((made) => (made === undefined ? [] : [describeContainers(context)])),
  ]);
  const containers = pulumi.all([
    ...[...servers, ...(exporter === undefined ? [] : [exporter])].map(({ name }) => name),
    cadvisor,
    grafana.name,
  ]);
  return {
    ...{ password, ...published, grafanaPort: grafana.port },
    containers: containers.apply((names) => names.filter((name) => name !== undefined)),
  };
}

function addGrafana(
  parts: MonitoringParts,
  defaultGrafanaPort: number,
): { name: pulumi.Output<string | undefined>; port: pulumi.Output<number | undefined> } {
  const { grafana = {}, intervalSeconds = defaultRuleSettings.intervalSeconds } = parts.args;
  const { enabled, port = defaultGrafanaPort, anonymous = false } = grafana;
  const name = createIfPossible(parts, {
    ...{ name: "Grafana", setting: "grafana.enabled", image: "grafana" },
    wanted: enabled,
    create: () => createGrafana(parts, { port, anonymous, intervalSeconds }),
  });
  return { name, port: name.apply((made) => (made === undefined ? undefined : port)) };
}

/** Tells Prometheus what to look at, and what each container is, whenever any of it is another one. */
function writeTargets(
  { context, args }: MonitoringParts,
  servers: docker.Container[],
  own: pulumi.Output<ReturnType<typeof describeHost>[]>[],
): void {
  const lists = [...args.sources.map((source) => pulumi.output(source.targets)), ...own];
  createCommand(context, `${context.name}-targets`, {
    script: monitoringScript,
    create: "writeTargets",
    input: {
      gates: servers.map(({ name }) => ({ replica: name, title: context.name, startSeconds: 120 })),
      container: servers[0]?.name ?? "",
      targets: pulumi.all(lists).apply((all) => renderTargets(all.flat())),
      stack: nameStack(),
      containers: args.sources.map(({ containers = [] }) => containers),
    },
    triggers: servers.map(({ id }) => id),
  });
}

function makePassword(
  context: Context,
  { password }: MonitoringArgs,
): { password: pulumi.Output<string>; web: pulumi.Output<string> } {
  const made = createSecret(`${context.name}-password`, {
    script: monitoringScript,
    create: "makePassword",
    environment: password === undefined ? {} : { FLOTILLA_PASSWORD: pulumi.secret(password) },
    parent: context.parent,
  }).apply((text) => JSON.parse(text) as { password: string; hash: string });
  return { password: made.password, web: made.hash.apply(renderWeb) };
}
