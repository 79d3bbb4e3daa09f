import * as pulumi from "@pulumi/pulumi";
import { type DataVolume, listDataVolumes } from "../engine/data-volumes";
import { nameStack } from "../components/resources/own-names";
import { listVolumes } from "../components/datastore/recipes";
import { connect } from "../engine/client";
import type { StackStore } from "./stores";

/** Warns of volumes that keep data of this stack that no datastore of the configuration uses. */
export async function warnOfLeftovers(
  datastores: Record<string, StackStore>,
  host: string | undefined,
): Promise<void> {
  const used = new Set(Object.entries(datastores).flatMap(([name, { model }]) => listVolumes(name, model)));
  // An engine that cannot be asked says why when the deployment begins.
  const found = (await listDataVolumes(connect({ host }), nameStack())) ?? [];
  for (const volume of found) {
    if (volume.store === "" || used.has(volume.name)) continue;
    await pulumi.log.warn(describeLeftover(volume, Object.hasOwn(datastores, volume.store)));
  }
}

/** Whose data a volume keeps, how to get them back, and how to remove them. */
function describeLeftover({ name, store, engine }: DataVolume, isKnown: boolean): string {
  const remove = `To remove them for good: docker volume rm ${name}`;
  return isKnown
    ? `The volume ${name} keeps data of the datastore "${store}" that it does not use as it is configured now. ${remove}`
    : `The volume ${name} keeps the data of the datastore "${store}" (${engine}), which the configuration does not have. To get them back, add datastores.${store} with engine ${engine}, or give another datastore of that engine volume: ${name}. ${remove}`;
}
