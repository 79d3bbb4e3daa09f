import * as pulumi from "@pulumi/pulumi";
import { type DataVolume, listDataVolumes } from "../engine/data-volumes";
import { nameStack } from "../components/resources/own-names";
import { listVolumes } from "../components/datastore/recipes";
import { connect } from "../engine/client";
import type { StackStore } from "./stores";

/** The part of a deployment that is known before the engine is looked at. */
interface Known {
  datastores: Record<string, StackStore>;
  /** Names of the secrets that are generated. */
  generated: string[];
  /** Whether the state has had no deployment. */
  isNewState: boolean;
}

/**
 * Warns of volumes that keep data of this stack that no datastore of the configuration uses, and of data whose secrets a new
 * state does not have.
 */
export async function warnOfLeftovers(
  { datastores, generated, isNewState }: Known,
  host: string | undefined,
): Promise<void> {
  const used = new Set(Object.entries(datastores).flatMap(([name, { model }]) => listVolumes(name, model)));
  // An engine that cannot be asked says why when the deployment begins.
  const found = (await listDataVolumes(connect({ host }), nameStack())) ?? [];
  for (const volume of found) {
    if (volume.store === "" || used.has(volume.name)) continue;
    await pulumi.log.warn(describeLeftover(volume, Object.hasOwn(datastores, volume.store)));
  }
  if (isNewState && generated.length > 0 && found.length > 0)
    await pulumi.log.warn(describeLostSecrets(found, generated));
}

/** Why data cannot be read with new secrets, and what to do about it before it is too late. */
function describeLostSecrets(volumes: DataVolume[], generated: string[]): string {
  const names = volumes.map(({ name }) => name).join(", ");
  const [first = ""] = generated;
  return `There are data of an earlier deployment in ${names}, but this state is new, and so is what is generated: ${generated.join(", ")}. What an application has encrypted with the earlier ones it cannot read with these. To go on with them, deploy from the earlier state, or give the earlier ones as your own: pulumi config set --secret ${first}. When only a first up has failed, there is nothing to do.`;
}

/** Whose data a volume keeps, how to get them back, and how to remove them. */
function describeLeftover({ name, store, engine }: DataVolume, isKnown: boolean): string {
  const remove = `To remove them for good: docker volume rm ${name}`;
  return isKnown
    ? `The volume ${name} keeps data of the datastore "${store}" that it does not use as it is configured now. ${remove}`
    : `The volume ${name} keeps the data of the datastore "${store}" (${engine}), which the configuration does not have. To get them back, add datastores.${store} with engine ${engine}, or give another datastore of that engine volume: ${name}. ${remove}`;
}
