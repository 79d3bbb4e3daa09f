import { afterAll, beforeAll } from "vitest";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "./workspace";

/** Makes a workspace for the tests of a file, and removes it when they are done. */
export function useWorkspace(options: WorkspaceOptions): () => Workspace {
  let workspace: Workspace | undefined;
  beforeAll(async () => {
    workspace = await createWorkspace(options);
  });
  afterAll(() => workspace?.remove());
  return () => {
    if (workspace === undefined) throw new Error("The workspace is made before the tests.");
    return workspace;
  };
}

/** The same with the stack deployed. */
export function useDeployment(options: WorkspaceOptions): () => Workspace {
  const workspace = useWorkspace(options);
  beforeAll(() => workspace().deploy());
  return workspace;
}
