import type * as docker from "@pulumi/docker";
import { renderAlertmanager } from "../../monitoring/alertmanager";
import { alertmanagerPlaces } from "../../monitoring/places";
import { describeNotify, notifyFiles } from "./notify";
import {
  askReady,
  createDataVolume,
  createServer,
  type MonitoringParts,
  provideServerImage,
  renderReadyRequest,
} from "./servers";

/** Port of Alertmanager in its container. */
export const alertmanagerPort = 9093;

/** Makes Alertmanager. */
export function createAlertmanager(parts: MonitoringParts, port: number): docker.Container {
  const { context, args, network, password, web } = parts;
  const { notify = {} } = args;
  return createServer(context, args, {
    title: "alertmanager",
    image: provideServerImage(parts, "alertmanager", "alertmanager"),
    command: [
      `--config.file=${alertmanagerPlaces.settings}`,
      `--web.config.file=${alertmanagerPlaces.web}`,
      `--storage.path=${alertmanagerPlaces.data}`,
      // There is only one.
      "--cluster.listen-address=",
    ],
    networks: network.name.apply((name) => [name]),
    files: {
      [alertmanagerPlaces.settings]: renderAlertmanager(describeNotify(notify)),
      [alertmanagerPlaces.web]: web,
      [alertmanagerPlaces.readyRequest]: password.apply(renderReadyRequest),
      ...notifyFiles(notify),
    },
    volumes: [
      {
        containerPath: alertmanagerPlaces.data,
        volumeName: createDataVolume(context, args, "alertmanager").name,
      },
    ],
    ports: { external: port, internal: alertmanagerPort },
    health: askReady(alertmanagerPort, alertmanagerPlaces.readyRequest),
    limits: { cpus: 0.5, memoryMiB: 128 },
  });
}
