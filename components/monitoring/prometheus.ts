import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { defaultThresholds } from "../../monitoring/thresholds";
import { prometheusPlaces } from "../../monitoring/places";
import { renderPrometheus } from "../../monitoring/prometheus";
import { defaultRuleSettings, renderRules } from "../../monitoring/rules";
import { nameStack } from "../resources/own-names";
import { alertmanagerPort } from "./alertmanager";
import {
  askReady,
  createDataVolume,
  createServer,
  type MonitoringParts,
  provideServerImage,
  renderReadyRequest,
} from "./servers";

/** Port of Prometheus in its container. */
export const prometheusPort = 9090;

/** Where Prometheus of a monitoring answers on its networks. */
export function addressOfPrometheus(monitoring: string): string {
  return `${monitoring}-prometheus:${prometheusPort}`;
}

/** Makes Prometheus, on its own network and on those of what it measures. */
export function createPrometheus(
  parts: MonitoringParts,
  port: number,
  targets: docker.Volume,
): docker.Container {
  const { context, args, network, password, web } = parts;
  const {
    sources,
    intervalSeconds = defaultRuleSettings.intervalSeconds,
    retention = {},
    remoteWrite = [],
  } = args;
  const tokenFile = (index: number): string => `/etc/prometheus/remote-${index + 1}`;
  const settings = renderPrometheus({
    stack: nameStack(),
    intervalSeconds,
    alertmanager: `${context.name}-alertmanager:${alertmanagerPort}`,
    remoteWrite: remoteWrite.map(({ url, token }, index) => ({
      url,
      ...(token === undefined ? {} : { tokenFile: tokenFile(index) }),
    })),
  });
  const rules = renderRules({
    intervalSeconds,
    thresholds: { ...defaultThresholds, ...args.thresholds },
    disabledAlerts: args.disabledAlerts ?? [],
    runbook: args.runbook ?? defaultRuleSettings.runbook,
  });
  return createServer(context, args, {
    title: "prometheus",
    image: provideServerImage(parts, "prometheus", "prometheus"),
    command: [
      `--config.file=${prometheusPlaces.settings}`,
      `--web.config.file=${prometheusPlaces.web}`,
      `--storage.tsdb.path=${prometheusPlaces.data}`,
      `--storage.tsdb.retention.time=${retention.days ?? 90}d`,
      `--storage.tsdb.retention.size=${retention.sizeMiB ?? 4096}MB`,
    ],
    networks: pulumi
      .all([network.name, pulumi.all(sources.map(({ networks }) => pulumi.output(networks)))])
      .apply(([own, others]) => [...new Set([own, ...others.flat()])]),
    files: {
      [prometheusPlaces.settings]: settings,
      [prometheusPlaces.rules]: rules,
      [prometheusPlaces.web]: web,
      [prometheusPlaces.password]: password,
      [prometheusPlaces.readyRequest]: password.apply(renderReadyRequest),
      ...Object.fromEntries(
        remoteWrite.flatMap(({ token }, index) =>
          token === undefined ? [] : [[tokenFile(index), pulumi.secret(token)] as const],
        ),
      ),
    },
    volumes: [
      {
        containerPath: prometheusPlaces.data,
        volumeName: createDataVolume(context, args, "prometheus").name,
      },
      { containerPath: prometheusPlaces.targets, volumeName: targets.name },
    ],
    ports: { external: port, internal: prometheusPort },
    health: askReady(prometheusPort, prometheusPlaces.readyRequest),
    ...(args.limits === undefined ? {} : { limits: args.limits }),
  });
}
