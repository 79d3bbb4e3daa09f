import type { Engine } from "../engine/client";
import { labelFilters, type Labels } from "../engine/labels";

/** Names, newest first, of the containers with some labels, on a network where one is said. */
export async function findContainers(
  engine: Engine,
  labels: Labels,
  network: string | undefined,
  { filters = [], all = false }: { filters?: string[]; all?: boolean } = {},
): Promise<string[]> {
  const output = await engine.run([
    "ps",
    ...(all ? ["--all"] : []),
    "--no-trunc",
    "--format={{.Names}}",
    ...labelFilters(labels),
    ...(network === undefined ? [] : [`--filter=network=${network}`]),
    ...filters.map((filter) => `--filter=${filter}`),
  ]);
  return output.split("\n").filter((line) => line !== "");
}
