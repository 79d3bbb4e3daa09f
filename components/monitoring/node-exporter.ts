import type * as docker from "@pulumi/docker";
import { prometheusPlaces } from "../../monitoring/places";
import type { Target } from "../../monitoring/targets";
import { createServer, type MonitoringContext, provideServerImage } from "./servers";

const nodeExporterPort = 9100;
const hostFolder = "/host";
/** Folder of the host that it does not see: what listens there, such as the engine, takes orders. */
const hiddenFolder = `${hostFolder}/run`;

/** Makes the exporter of the host. */
export function createNodeExporter(monitoring: MonitoringContext, targets: docker.Volume): docker.Container {
  const { settings } = monitoring;
  const { image, limits } = settings.nodeExporter;
  return createServer(monitoring, {
    title: "host",
    image: provideServerImage(monitoring, settings, "host", image),
    limits,
    command: listArguments(hostFolder),
    volumes: [
      { containerPath: hostFolder, hostPath: "/", readOnly: true },
      { containerPath: prometheusPlaces.targets, volumeName: targets.name, readOnly: true },
    ],
    health: `wget -q -O /dev/null http://127.0.0.1:${nodeExporterPort}/`,
    rights: { capabilities: [], writable: { [hiddenFolder]: "ro,size=4k" } },
  });
}

/** Where the host's figures are, under one name whatever container gives them. */
export function locateHost(monitoring: string): Target {
  const address = `${monitoring}-host:${nodeExporterPort}`;
  return { job: "host", address, path: "/metrics", labels: { instance: "host" } };
}

/** Arguments of the node exporter: what the rules need of the host, which it sees at this path, and nothing more. */
function listArguments(host: string): string[] {
  const collectors = ["cpu", "diskstats", "filesystem", "loadavg", "meminfo", "stat", "textfile"];
  return [
    `--path.rootfs=${host}`,
    `--path.procfs=${host}/proc`,
    `--path.sysfs=${host}/sys`,
    "--collector.disable-defaults",
    ...collectors.map((name) => `--collector.${name}`),
    `--collector.textfile.directory=${prometheusPlaces.targets}`,
    "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run|var/lib/docker/.+|var/lib/containers/.+)($|/)",
  ];
}
