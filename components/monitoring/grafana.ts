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
import { addressOfAlertmanager } from "./alertmanager";
import { addressOfPrometheus } from "./prometheus";
import { createDataVolume, createServer, type MonitoringContext, provideServerImage } from "./servers";

const grafanaPort = 3000;

/** Makes Grafana with its sources and dashboards, and gives its user the password, whatever its data say. */
export function createGrafana(monitoring: MonitoringContext): docker.Container {
  const { name, settings, password } = monitoring;
  const { intervalSeconds } = settings;
  const { image, limits, port, anonymous } = settings.grafana;
  const shown: GrafanaSettings = {
    ...{ port, anonymous, intervalSeconds },
    prometheus: `http://${addressOfPrometheus(name)}`,
    alertmanager: `http://${addressOfAlertmanager(name)}`,
  };
  const dashboards = Object.entries(renderDashboards(rateWindow(intervalSeconds)));
  const container = createServer(monitoring, {
    title: "grafana",
    image: provideServerImage(monitoring, settings, "grafana", image),
    limits,
    env: renderEnvironment(shown),
    files: {
      [grafanaPlaces.sources]: renderSources(shown),
      [grafanaPlaces.provider]: renderProvider(),
      [grafanaPlaces.password]: password,
      ...Object.fromEntries(dashboards.map(([file, text]) => [`${grafanaPlaces.dashboards}/${file}`, text])),
    },
    volumes: [
      { containerPath: grafanaPlaces.data, volumeName: createDataVolume(monitoring, "grafana").name },
    ],
    ports: { external: port, internal: grafanaPort },
    health: `wget -q -O /dev/null http://127.0.0.1:${grafanaPort}/api/health`,
  });
  createCommand(monitoring, `${name}-grafana-ready`, {
    script: "monitoring",
    create: "openGrafana",
    input: {
      gate: { replica: container.name, title: name, startSeconds: 180 },
      password,
    },
    triggers: [container.id],
  });
  return container;
}
