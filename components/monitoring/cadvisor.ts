import type * as docker from "@pulumi/docker";
import type { Target } from "../../monitoring/targets";
import { createServer, type MonitoringContext, provideServerImage } from "./servers";

const port = 8080;
const groups = "/sys/fs/cgroup";

/**
 * Makes cAdvisor. It sees the control groups of the engine's host and nothing else: who may ask the engine for its
 * containers may also do everything else to it. What each of them is, the host's exporter says.
 */
export function createCadvisor(monitoring: MonitoringContext): docker.Container {
  const { settings } = monitoring;
  const { image, limits } = settings.cadvisor;
  return createServer(monitoring, {
    title: "cadvisor",
    image: provideServerImage(monitoring, settings, "cadvisor", image),
    limits,
    command: [
      "--enable_metrics=cpu,memory",
      "--store_container_labels=false",
      `--housekeeping_interval=${Math.min(settings.intervalSeconds, 10)}s`,
    ],
    volumes: [{ containerPath: groups, hostPath: groups, readOnly: true }],
    health: `wget -q -O /dev/null http://127.0.0.1:${port}/healthz`,
    rights: { capabilities: [], writable: {} },
  });
}

/** Where the figures of all containers are. */
export function locateContainers(monitoring: string): Target {
  const address = `${monitoring}-cadvisor:${port}`;
  return { job: "containers", address, path: "/metrics", labels: { instance: "containers" } };
}
