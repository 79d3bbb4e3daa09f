import { readdirSync } from "node:fs";
import { join } from "node:path";
import { examplesFolder, listExamples, readImages } from "./bare/examples.cjs";
import { projectFolder } from "./bare/machine.cjs";

/** Names of the suites that prove the promises on a real engine. */
export function listSuites(): string[] {
  return readdirSync(join(projectFolder, "test/engine"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "support")
    .map(({ name }) => name);
}

/** Images beside those of the stacks: of a suite's short files, and what its long ones need more. */
const images: Partial<Record<string, () => { short: string[]; long?: string[] }>> = {
  core: () => ({ short: [], long: ["redis:8.2", "apache/kafka"] }),
  balancer: () => ({
    short: [],
    long: [
      "python:3.14-slim",
      "goacme/lego",
      "ghcr.io/letsencrypt/pebble",
      "ghcr.io/letsencrypt/pebble-challtestsrv",
    ],
  }),
  datastore: () => ({
    short: ["redis:8.2", "postgres:18.1"],
    long: [
      ...["valkey/valkey", "haproxy", "edoburu/pgbouncer", "mongo", "apache/kafka"],
      ...["oliver006/redis_exporter", "prometheuscommunity/postgres-exporter"],
    ],
  }),
  faults: () => ({ short: [], long: ["redis:8.2", "postgres:18.1", "mongo", "apache/kafka"] }),
  upgrade: () => ({
    short: [
      ...["redis:8.2", "postgres:18.1", "mongo", "apache/kafka"],
      ...["oliver006/redis_exporter", "prometheuscommunity/postgres-exporter"],
      ...["prom/prometheus", "prom/alertmanager", "prom/node-exporter", "ghcr.io/google/cadvisor"],
    ],
  }),
  package: () => ({ short: ["redis:8.2"] }),
  examples: () => ({
    short: [...new Set(listExamples().flatMap((name) => readImages(join(examplesFolder, name))))],
  }),
  monitoring: () => ({
    short: [
      ...["prom/prometheus", "prom/alertmanager", "prom/node-exporter"],
      ...["redis:8.2", "oliver006/redis_exporter", "ghcr.io/google/cadvisor"],
    ],
    long: ["haproxy"],
  }),
  // The images of the engines and of the registry come with a cluster.
  swarm: () => ({ short: ["docker", "registry"] }),
};

/** Images that suites need beside those of the stacks. */
export function listImages(suites: string[], isShort: boolean): string[] {
  return suites.flatMap((suite) => {
    const { short = [], long = [] } = images[suite]?.() ?? {};
    return isShort ? short : [...short, ...long];
  });
}
