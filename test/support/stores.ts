import type { DatastoreArgs } from "../../components";
import { describeProblem } from "../../components/arguments/problems";
import type { StoreRecipe } from "../../components/datastore/recipe";
import { resolveRecipe } from "../../components/datastore/recipes";
import { readDatastore } from "../../components/datastore/schema";
import type { StackStore } from "../../stack/stores";
import type { Recording } from "./recorder";
import { reveal } from "./service";

/** A datastore as a stack's file has it. */
export function readStore(args: DatastoreArgs): StackStore {
  const { value: model, problems } = readDatastore("main", args);
  if (model === undefined) throw new Error(problems.map(describeProblem).join("\n"));
  return { args, model };
}

/** What a datastore consists of. */
export function recipeOf(name: string, args: DatastoreArgs): StoreRecipe {
  return resolveRecipe(name, readStore(args).model);
}

/** All that is wrong with a datastore's arguments. */
export function listFaults(name: string, args: unknown): string[] {
  return readDatastore(name, args).problems.map(describeProblem);
}

/** The files that are put into a container, by path. */
export function filesOf(recording: Recording, container: string): Record<string, string> {
  const uploads = reveal(recording.find(container).inputs.uploads) as { file: string; content: string }[];
  return Object.fromEntries(uploads.map(({ file, content }) => [file, content]));
}
