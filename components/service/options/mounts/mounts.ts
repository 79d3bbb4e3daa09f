import type * as docker from "@pulumi/docker";
import type { MountArgs } from "../../../types";
import type { SharedVolumes } from "./shared-volumes";

/** Volumes and folders of a replica. */
export function renderMounts(
  mounts: MountArgs[],
  shared: SharedVolumes,
): Pick<docker.ContainerArgs, "volumes"> {
  if (mounts.length === 0) return {};
  return {
    volumes: mounts.map(({ path, shared: name = "", volume, hostPath, readOnly = false }) => {
      const volumeName = shared[name]?.volume.name ?? volume;
      return {
        containerPath: path,
        readOnly,
        ...(volumeName === undefined ? {} : { volumeName }),
        ...(hostPath === undefined ? {} : { hostPath }),
      };
    }),
  };
}
