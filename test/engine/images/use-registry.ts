import { afterAll, beforeAll } from "vitest";
import { startRegistry, type Registry, type RegistryOptions } from "./registry";

/** Starts a registry for the tests of a file, and stops it when they are done. */
export function useRegistry(options?: RegistryOptions): () => Registry {
  let registry: Registry | undefined;
  beforeAll(async () => {
    registry = await startRegistry(options);
  });
  afterAll(() => registry?.stop());
  return () => {
    if (registry === undefined) throw new Error("The registry is started before the tests.");
    return registry;
  };
}
