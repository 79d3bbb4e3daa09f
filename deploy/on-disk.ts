import type { Engine } from "../engine/client";

/**
 * A shell command that has what containers consist of written to the disk: a power cut takes what is in memory alone, and the
 * engine does not see to that, not even for an image that it has just got. A disk that is busy for long is not waited for.
 */
// The file system of a container's folder has all containers and images.
export const toDisk = "timeout 30 sync -f / || true";

/** Runs that command in a container. */
export async function keepOnDisk(engine: Engine, container: string): Promise<void> {
  await engine.attempt(["exec", container, "sh", "-c", toDisk]);
}
