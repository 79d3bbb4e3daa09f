import type { Rule } from "../arguments/schema-parts";
import type { StoreFields, StoreModelWith } from "./fields";
import type { StoreRecipe } from "./recipe";

/** An engine that can keep data. */
export interface StoreEngine<Settings> {
  /** The official image. */
  image: string;
  /** Seconds that each server has to become healthy, where the user says nothing. */
  startSeconds: number;
  /** Its settings, where the user says nothing. */
  defaults: Settings;
  /** Its rules for the rest of a datastore. */
  rules: Rule<StoreFields>[];
  resolveRecipe: (name: string, store: StoreModelWith<Settings>) => StoreRecipe;
}
