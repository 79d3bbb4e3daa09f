import type * as docker from "@pulumi/docker";
import { renderAlertmanager } from "../../monitoring/alertmanager";
import { alertmanagerPlaces } from "../../monitoring/places";
import { renderSecretFiles, resolveAlertmanager } from "./notify";
import {
  askReady,
  createDataVolume,
  createServer,
  type MonitoringContext,
  provideServerImage,
  renderReadyRequest,
} from "./servers";

const alertmanagerPort = 9093;

/** Host and port of Alertmanager on the network of a monitoring. */
export function addressOfAlertmanager(monitoring: string): string {
  return `${monitoring}-alertmanager:${alertmanagerPort}`;
}

/** Makes Alertmanager. */
export function createAlertmanager(monitoring: MonitoringContext): docker.Container {
  const { settings, password, web } = monitoring;
  const { image, limits, port } = settings.alertmanager;
  return createServer(monitoring, {
    title: "alertmanager",
    image: provideServerImage(monitoring, settings, "alertmanager", image),
    limits,
    command: [
      `--config.file=${alertmanagerPlaces.settings}`,
      `--web.config.file=${alertmanagerPlaces.web}`,
      `--storage.path=${alertmanagerPlaces.data}`,
      // There is only one.
      "--cluster.listen-address=",
    ],
    files: {
      [alertmanagerPlaces.settings]: renderAlertmanager(resolveAlertmanager(settings.notify)),
      [alertmanagerPlaces.web]: web,
      [alertmanagerPlaces.readyRequest]: password.apply(renderReadyRequest),
      ...renderSecretFiles(settings.notify),
    },
    volumes: [
      {
        containerPath: alertmanagerPlaces.data,
        volumeName: createDataVolume(monitoring, "alertmanager").name,
      },
    ],
    ports: { external: port, internal: alertmanagerPort },
    health: askReady(alertmanagerPort, alertmanagerPlaces.readyRequest),
  });
}
