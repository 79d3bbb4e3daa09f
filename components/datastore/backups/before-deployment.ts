import * as pulumi from "@pulumi/pulumi";
import { files } from "../../../backup/settings";
import type { Context } from "../../resources/context";
import { createRunError } from "../../resources/run-error";
import { nameStack } from "../../resources/own-names";
import { type Engine, longSeconds } from "../../../engine/client";
import { labelFilters } from "../../../engine/labels";
import type { StoreModel } from "../fields";

/**
 * Makes a backup before a deployment, where that is asked for and nobody else uses the data: what waits for it is not changed
 * before. A preview, and the first deployment, have nothing to wait for.
 */
export function backUpFirst(
  context: Context,
  { backup }: StoreModel,
  unused: pulumi.Output<true>,
): pulumi.Output<true> {
  if (backup?.beforeDeployment !== true || pulumi.runtime.isDryRun()) return pulumi.output(true as const);
  return pulumi.all([context.engine, unused]).apply(([engine]) => requireBackup(context.name, engine));
}

/** Makes a backup by the container that is there for it, or ends the deployment with the reason. */
export async function requireBackup(store: string, engine: Engine): Promise<true> {
  const fault = await backUp(store, engine);
  if (fault === undefined) return true;
  throw createRunError(
    `Datastore "${store}": no backup could be made before the deployment, and nothing of it was changed. ${fault} To deploy without one, set its backup.beforeDeployment to false, by --set datastores.${store}.backup.beforeDeployment=false where Flotilla's own program is deployed.`,
  );
}

/** Makes a backup; gives what went wrong. */
async function backUp(store: string, engine: Engine): Promise<string | undefined> {
  const filters = labelFilters({
    stack: nameStack(),
    store,
    role: "store-backup",
  });
  const found = await engine.attempt(["ps", "--all", "--format={{.Names}}", ...filters]);
  if (found.code !== 0) return `The engine cannot be asked: ${found.stderr.trim()}`;
  const [container = ""] = found.stdout.trim().split("\n");
  if (container === "") return undefined;
  const command = ["exec", container, "node", files.program, "back", "deployment"];
  const { code, stdout, stderr } = await engine.attempt(command, { seconds: longSeconds });
  return code === 0 ? undefined : (readFault(stdout) ?? `${container}: ${(stderr || stdout).trim()}`);
}

function readFault(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { fault?: string }).fault;
  } catch {
    return undefined;
  }
}
