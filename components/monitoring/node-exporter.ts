import type * as docker from "@pulumi/docker";
import { prometheusPlaces } from "../../monitoring/places";
import type { Target } from "../../monitoring/targets";
import type { Context } from "../resources/context";
import { createServer, type MonitoringParts, provideServerImage } from "./servers";

const nodeExporterPort = 9100;
const hostFolder = "/host";

/** Makes the exporter of the host. */
export function createNodeExporter(parts: MonitoringParts, targets: docker.Volume): docker.Container {
  const { context, args, network } = parts;
  return createServer(context, args, {
    title: "host",
    image: provideServerImage(parts, "host", "nodeExporter"),
    command: nodeExporterCommand(hostFolder),
    networks: network.name.apply((name) => [name]),
    volumes: [
      { containerPath: hostFolder, hostPath: "/", readOnly: true },
      { containerPath: prometheusPlaces.targets, volumeName: targets.name, readOnly: true },
    ],
    health: `wget -q -O /dev/null http://127.0.0.1:${nodeExporterPort}/`,
    limits: { cpus: 0.25, memoryMiB: 64 },
  });
}

/** The host's figures, under one name whatever container gives them. */
export function describeHost(context: Context): Target {
  const address = `${context.name}-host:${nodeExporterPort}`;
  return { job: "host", address, path: "/metrics", labels: { instance: "host" } };
}

/** Arguments of the node exporter: what the rules need of the host, which it sees at this path, and nothing more. */
function nodeExporterCommand(host: string): string[] {
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
