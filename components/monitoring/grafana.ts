import type * as docker from "@pulumi/docker";
import { renderDashboards } from "../../monitoring/dashboards";
import {
  renderEnvironment,
  type GrafanaSettings,
  renderProvider,
  renderSources,
} from "../../monitoring/grafana";
import { rateWindow } from "../../monitoring/rules";
import { grafanaPlaces } from "../../monitoring/places";
import { createCommand } from "../resources/commands";
import { monitoringScript } from "../../deploy/bundle";
import { alertmanagerPort } from "./alertmanager";
import { addressOfPrometheus } from "./prometheus";
import { createDataVolume, createServer, type MonitoringParts, provideServerImage } from "./servers";

const grafanaPort = 3000;

/** Makes Grafana with its sources and dashboards, and gives its user the password, whatever its data say. */
export function createGrafana(
  parts: MonitoringParts,
  settings: Pick<GrafanaSettings, "port" | "anonymous" | "intervalSeconds">,
): docker.Container {
  const { context, args, network, password } = parts;
  const all: GrafanaSettings = {
    ...settings,
    prometheus: `http://${addressOfPrometheus(context.name)}`,
    alertmanager: `http://${context.name}-alertmanager:${alertmanagerPort}`,
  };
  const dashboards = Object.entries(renderDashboards(rateWindow(settings.intervalSeconds)));
  const container = createServer(context, args, {
    title: "grafana",
    image: provideServerImage(parts, "grafana", "grafana"),
    env: renderEnvironment(all),
    networks: network.name.apply((name) => [name]),
    files: {
      [grafanaPlaces.sources]: renderSources(all),
      [grafanaPlaces.provider]: renderProvider(),
      [grafanaPlaces.password]: password,
      ...Object.fromEntries(dashboards.map(([file, text]) => [`${grafanaPlaces.dashboards}/${file}`, text])),
    },
    volumes: [
      {
        containerPath: grafanaPlaces.data,
        volumeName: createDataVolume(context, args, "grafana").name,
      },
    ],
    ports: { external: settings.port, internal: grafanaPort },
    health: `wget -q -O /dev/null http://127.0.0.1:${grafanaPort}/api/health`,
    limits: { cpus: 1, memoryMiB: 512 },
  });
  createCommand(context, `${context.name}-grafana-ready`, {
    script: monitoringScript,
    create: "openGrafana",
    input: {
      gate: { replica: container.name, title: context.name, startSeconds: 180 },
      password,
    },
    triggers: [container.id],
  });
  return container;
}
