import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { renderWeb } from "../../../monitoring/prometheus";
import { renderTargets } from "../../../monitoring/targets";
import type { MonitoringArgs } from "../../monitoring-types";
import { createCommand, createSecret } from "../commands";
import { type Context, labels } from "../context";
import { monitoringScript } from "../scripts";
import { createAlertmanager } from "./alertmanager";
import { createNodeExporter, describeHost } from "./node-exporter";
import { createPrometheus } from "./prometheus";
import type { MonitoringParts } from "./servers";

/** What a monitoring consists of. */
export interface Made {
  password: pulumi.Output<string>;
  port: number;
  alertmanagerPort: number;
  containers: docker.Container[];
}

const defaultPort = 9090;

/** Makes the servers, and tells Prometheus what to look at. */
export function createMonitoring(context: Context, args: MonitoringArgs): Made {
  const network = new docker.Network(
    `${context.name}-network`,
    { labels: labels(context, { "flotilla.network": context.name }) },
    { parent: context.parent },
  );
  const { password, web } = makePassword(context, args);
  const parts: MonitoringParts = { context, args, network, password, web };
  const port = args.port ?? defaultPort;
  const published = { port, alertmanagerPort: args.alertmanagerPort ?? port + 1 };
  const alertmanager = createAlertmanager(parts, published.alertmanagerPort);
  const exporter = args.host === false ? undefined : createNodeExporter(parts);
  const prometheus = createPrometheus(parts, published.port);
  const servers = [prometheus, alertmanager];
  const targets = pulumi
    .all(args.sources.map((source) => pulumi.output(source.targets)))
    .apply((lists) =>
      renderTargets([...lists.flat(), ...(exporter === undefined ? [] : [describeHost(context)])]),
    );
  createCommand(context, `${context.name}-targets`, {
    script: monitoringScript,
    create: "writeTargets",
    input: {
      gates: servers.map(({ name }) => ({ replica: name, title: context.name, startSeconds: 120 })),
      container: prometheus.name,
      targets,
    },
    triggers: servers.map(({ id }) => id),
  });
  return { password, ...published, containers: [...servers, ...(exporter === undefined ? [] : [exporter])] };
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
