// A stack's file is checked as `up` checks it: by the program's own reading of the configuration.
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../config";
import type { StackSettings } from "./settings";

/** Finds the mistakes in settings, as those of a stack in a folder; undefined where there are none. */
export async function findMistakes(
  settings: StackSettings,
  secrets: Iterable<string>,
  { folder, stack }: { folder: string; stack: string },
): Promise<string | undefined> {
  // Nothing is made, so no engine is needed, and no value of a secret.
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "flotilla", stack);
  const named = [...secrets].map((name) => `flotilla:${name}`);
  const { pools, datastores, routes, balancer, monitoring } = settings;
  const given = {
    pools,
    ...(Object.keys(datastores).length > 0 ? { datastores } : {}),
    ...(routes.length > 0 ? { routes } : {}),
    ...(Object.keys(balancer).length > 0 ? { balancer } : {}),
    ...(monitoring === undefined ? {} : { monitoring }),
  };
  const config = new Map<string, string>([
    ...Object.entries(given).map(([name, value]): [string, string] => [
      `flotilla:${name}`,
      JSON.stringify(value),
    ]),
    ...named.map((name): [string, string] => [name, "a stand-in"]),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config), named);
  const before = process.cwd();
  process.chdir(folder);
  try {
    loadConfig(undefined);
    return undefined;
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  } finally {
    process.chdir(before);
  }
}
