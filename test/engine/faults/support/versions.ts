import { setEnv } from "../../support/settings";
import type { Workspace } from "../../support/workspace";

/** Gives what sets the next version of the pool `api` in a workspace, from 2 on. */
export function countVersions(workspace: () => Workspace): () => void {
  let version = 1;
  return () => {
    version += 1;
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: String(version) });
    });
  };
}
