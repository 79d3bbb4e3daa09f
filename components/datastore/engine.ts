import type { Rule } from "../arguments/schema-parts";
import type { StoreFields, StoreModelWith } from "./fields";
import type { StoreRecipe } from "./recipe";

/** What can keep data. */
export interface StoreEngine<Settings> {
  /** The official image. */
  image: string;
  /** Seconds that each server has to become healthy, where the user says nothing. */
  startSeconds: number;
  /** Its settings, where the user says nothing. */
  defaults: Settings;
  /** What else of a datastore goes with it. */
  rules: Rule<StoreFields>[];
  /** What a datastore of this name consists of. */
  resolveRecipe: (name: string, store: StoreModelWith<Settings>) => StoreRecipe;
}
