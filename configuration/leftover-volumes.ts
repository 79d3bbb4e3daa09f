import * as pulumi from "@pulumi/pulumi";
import type { DatastoreArgs } from "../components";
import { withHost } from "../components/internal/context";
import { tryDocker } from "../components/internal/scripts/docker";
import { listVolumes } from "../components/internal/stores/recipes";

/** Warns of volumes that keep data of this stack that no datastore of the configuration uses. */
export async function warnOfLeftovers(
  datastores: Record<string, DatastoreArgs>,
  host: string | undefined,
): Promise<void> {
  const used = new Set(Object.entries(datastores).flatMap(([name, args]) => listVolumes(name, args)));
  const label = `flotilla.stack=${pulumi.getProject()}/${pulumi.getStack()}`;
  const format = '{{.Name}} {{.Label "flotilla.store"}} {{.Label "flotilla.engine"}}';
  const args = ["volume", "ls", `--format=${format}`, `--filter=label=${label}`];
  const { code, stdout } = await tryDocker(
    [...args, "--filter=label=flotilla.role=data"],
    undefined,
    withHost(host),
  );
  // An engine that cannot be asked says why when the deployment begins.
  if (code !== 0) return;
  for (const line of stdout.split("\n")) {
    const [volume = "", store = "", engine = ""] = line.split(" ");
    if (volume === "" || used.has(volume)) continue;
    await pulumi.log.warn(describeLeftover(volume, store, engine, Object.hasOwn(datastores, store)));
  }
}

/** Whose data a volume keeps, how to get them back, and how to remove them. */
export function describeLeftover(volume: string, store: string, engine: string, isKnown: boolean): string {
  const remove = `To remove them for good: docker volume rm ${volume}`;
  return isKnown
    ? `The volume ${volume} keeps data of the datastore "${store}" that it does not use as it is configured now. ${remove}`
    : `The volume ${volume} keeps the data of the datastore "${store}" (${engine}), which the configuration does not have. To get them back, add datastores.${store} with engine ${engine}, or give another datastore of that engine volume: ${volume}. ${remove}`;
}
