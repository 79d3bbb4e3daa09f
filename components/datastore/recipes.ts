import type { DatastoreEngine } from "../datastore-types";
import { engines } from "./engines";
import type { StoreRecipe } from "./recipe";
import type { StoreModelOf } from "./schema";
import { nameVolume } from "./volume";

export function resolveRecipe<Engine extends DatastoreEngine>(
  name: string,
  store: StoreModelOf<Engine>,
): StoreRecipe {
  return engines[store.engine].resolveRecipe(name, store);
}

/** Names of the volumes in which a datastore of this name keeps its data. */
export function listVolumes(name: string, store: StoreModelOf): string[] {
  return resolveRecipe(name, store).servers.flatMap(({ title, dataFolder }, index) =>
    dataFolder === undefined ? [] : [nameVolume(name, store, { title, isFirst: index === 0 })],
  );
}

/** Names of a datastore's further addresses. */
export function listAddresses(name: string, store: StoreModelOf): string[] {
  return Object.keys(resolveRecipe(name, store).addresses ?? {});
}
