import { readlinkSync } from "node:fs";
import { docker, dockerLines } from "../../support/engine";

/** Label of all that clusters consist of on the machine's engine; its value says which process made it. */
const label = "flotilla.test.cluster";

/** Where a number means the same process. */
const space = readNamespace();
let made = 0;

function readNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "0";
  }
}

/** A name that no other cluster has, for the label of all that it consists of. */
export function nameCluster(): string {
  return `${space}-${process.pid}-${(made += 1)}`;
}

/** Option that marks what belongs to a cluster. */
export function markAs(cluster: string): string {
  return `--label=${label}=${cluster}`;
}

/** Removes all of a cluster. */
export async function removeCluster(cluster: string): Promise<void> {
  const filter = `--filter=label=${label}=${cluster}`;
  const containers = await dockerLines("ps", "--all", "--quiet", filter);
  if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
  const volumes = await dockerLines("volume", "ls", "--quiet", filter);
  if (volumes.length > 0) await docker("volume", "rm", "--force", ...volumes);
  const networks = await dockerLines("network", "ls", "--quiet", filter);
  if (networks.length > 0) await docker("network", "rm", ...networks);
}

/** Removes clusters of processes that were killed before they could do it. */
export async function removeStrays(): Promise<void> {
  const format = `--format={{.Label "${label}"}}`;
  const found = await Promise.all([
    dockerLines("ps", "--all", `--filter=label=${label}`, format),
    dockerLines("volume", "ls", `--filter=label=${label}`, format),
    dockerLines("network", "ls", `--filter=label=${label}`, format),
  ]);
  for (const cluster of new Set(found.flat())) {
    const [place, pid] = cluster.split("-");
    if (place === space && !isAlive(Number(pid))) await removeCluster(cluster);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
