import type * as docker from "@pulumi/docker";
import type { Target } from "../../monitoring/targets";
import type { Context } from "../resources/context";
import { createServer, type MonitoringParts, provideServerImage } from "./servers";

const port = 8080;
const groups = "/sys/fs/cgroup";

/**
 * Makes cAdvisor. It sees the control groups of the engine's host and nothing else: who may ask the engine for its
 * containers may also do everything else to it. What each of them is, the host's exporter says.
 */
export function createCadvisor(parts: MonitoringParts): docker.Container {
  const { context, args, network } = parts;
  return createServer(context, args, {
    title: "cadvisor",
    image: provideServerImage(parts, "cadvisor", "cadvisor"),
    command: [
      "--enable_metrics=cpu,memory",
      "--store_container_labels=false",
      `--housekeeping_interval=${Math.min(args.intervalSeconds ?? 10, 10)}s`,
    ],
    networks: network.name.apply((name) => [name]),
    volumes: [{ containerPath: groups, hostPath: groups, readOnly: true }],
    health: `wget -q -O /dev/null http://127.0.0.1:${port}/healthz`,
    limits: { cpus: 0.25, memoryMiB: 128 },
    shape: { readOnly: true, capabilities: { drops: ["ALL"] }, securityOpts: ["no-new-privileges"] },
  });
}

/** The figures of all containers. */
export function describeContainers(context: Context): Target {
  const address = `${context.name}-cadvisor:${port}`;
  return { job: "containers", address, path: "/metrics", labels: { instance: "containers" } };
}
