import type * as docker from "@pulumi/docker";
import type { Mount } from "./schema";
import type { SharedVolumes } from "./shared-volumes";

/** Volumes and folders of a replica. */
export function renderMounts(mounts: Mount[], shared: SharedVolumes): Pick<docker.ContainerArgs, "volumes"> {
  if (mounts.length === 0) return {};
  return {
    volumes: mounts.map(({ path, shared: name = "", volume, hostPath, readOnly }) => ({
      containerPath: path,
      readOnly,
      volumeName: shared[name]?.volume.name ?? volume,
      hostPath,
    })),
  };
}
