import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { prometheusPlaces } from "../../monitoring/places";
import { renderPrometheus } from "../../monitoring/prometheus";
import { renderRules } from "../../monitoring/rules";
import type { Image } from "../resources/images";
import { nameStack } from "../resources/own-names";
import { addressOfAlertmanager } from "./alertmanager";
import {
  askReady,
  createDataVolume,
  createServer,
  type MonitoringContext,
  renderReadyRequest,
} from "./servers";

const prometheusPort = 9090;

/** Where Prometheus of a monitoring answers on its networks. */
export function addressOfPrometheus(monitoring: string): string {
  return `${monitoring}-prometheus:${prometheusPort}`;
}

/** Makes Prometheus, on its own network and on those of what it measures. */
export function createPrometheus(
  monitoring: MonitoringContext,
  image: Image,
  targets: docker.Volume,
): docker.Container {
  const { name, settings, network, password, web } = monitoring;
  const { sources, intervalSeconds, retention, remoteWrite } = settings;
  const tokens = remoteWrite.map(({ token }, index) =>
    token === undefined ? undefined : { file: `/etc/prometheus/remote-${index + 1}`, token },
  );
  return createServer(monitoring, {
    title: "prometheus",
    image,
    limits: settings.prometheus.limits,
    command: [
      `--config.file=${prometheusPlaces.settings}`,
      `--web.config.file=${prometheusPlaces.web}`,
      `--storage.tsdb.path=${prometheusPlaces.data}`,
      `--storage.tsdb.retention.time=${retention.days}d`,
      `--storage.tsdb.retention.size=${retention.sizeMiB}MB`,
    ],
    networks: pulumi
      .all([network.name, pulumi.all(sources.map(({ networks }) => networks))])
      .apply(([own, others]) => [...new Set([own, ...others.flat()])]),
    files: {
      [prometheusPlaces.settings]: renderPrometheus({
        stack: nameStack(),
        intervalSeconds,
        alertmanager: addressOfAlertmanager(name),
        remoteWrite: remoteWrite.map(({ url }, index) => ({ url, tokenFile: tokens[index]?.file })),
      }),
      [prometheusPlaces.rules]: renderRules(settings),
      [prometheusPlaces.web]: web,
      [prometheusPlaces.password]: password,
      [prometheusPlaces.readyRequest]: password.apply(renderReadyRequest),
      ...Object.fromEntries(
        tokens.flatMap((known) => (known === undefined ? [] : [[known.file, pulumi.secret(known.token)]])),
      ),
    },
    volumes: [
      {
        containerPath: prometheusPlaces.data,
        volumeName: createDataVolume(monitoring, "prometheus").name,
      },
      { containerPath: prometheusPlaces.targets, volumeName: targets.name },
    ],
    ports: { external: settings.port, internal: prometheusPort },
    health: askReady(prometheusPort, prometheusPlaces.readyRequest),
  });
}
