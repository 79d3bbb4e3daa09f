import type * as docker from "@pulumi/docker";
import type { MountArgs } from "../types";
import type { SharedVolumes } from "./shared-volumes";

/** Volumes and folders of a replica. */
export function renderMounts(
  mounts: MountArgs[],
  shared: SharedVolumes,
): Pick<docker.ContainerArgs, "volumes" | "mounts"> {
  const volumes = mounts
    .filter((mount) => mount.shared === undefined)
    .map(({ path, volume, hostPath, readOnly = false }) => ({
      containerPath: path,
      readOnly,
      ...(volume === undefined ? {} : { volumeName: volume }),
      ...(hostPath === undefined ? {} : { hostPath }),
    }));
  const own = mounts.flatMap(({ path, shared: name = "", readOnly = false }) => {
    const volume = shared[name]?.volume.name;
    if (volume === undefined) return [];
    // What the image has there was copied when the owner was set; each copy would bring the image's owner back.
    return [{ type: "volume", source: volume, target: path, readOnly, volumeOptions: { noCopy: true } }];
  });
  return {
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(own.length === 0 ? {} : { mounts: own }),
  };
}
