import { findContainers } from "./balancer";
import { labelFilters } from "../engine/labels";
import { fromJson, toJson } from "./json";
import { defineScript, onEngine, printing } from "./process";

export const { nothing, removeLeftovers, rememberNetworks } = defineScript<"leftovers">({
  /** There is something to do only in the end. */
  nothing: () => {
    process.stdout.write("\n");
  },

  /** Removes what an update that was killed created and could not write down, or the networks could not be removed. */
  removeLeftovers: onEngine(async (engine, { task: { networks, stack, service } }) => {
    const removed: string[] = [];
    // A kill may come before a container is on any network.
    const filters = [...labelFilters({ stack, service }), "--filter=status=created"];
    const made = await engine.run(["ps", "--all", "--no-trunc", "--format={{.Names}}", ...filters]);
    for (const container of made.split("\n").filter((name) => name !== "")) {
      await engine.run(["rm", "--force", "--volumes", container]);
      removed.push(container);
    }
    for (const network of networks) {
      for (const role of ["replica", "worker", "balancer"] as const) {
        for (const container of await findContainers(engine, { role }, network, { all: true })) {
          await engine.run(["rm", "--force", "--volumes", container]);
          removed.push(container);
        }
      }
      const { code, stdout } = await engine.attempt([
        "network",
        "inspect",
        "--format={{json .Containers}}",
        network,
      ]);
      if (code === 0 && stdout.trim() !== "{}") removed.push(`${network} is still used by others`);
    }
    return removed.length === 0 ? "nothing was left over" : removed.join("\n");
  }),

  /** Prints the names of all networks that a component has had: what is on one of them is of this deployment. */
  rememberNetworks: printing(({ task: { networks }, before }) =>
    toJson([...new Set([...(before === undefined ? [] : fromJson(before)), ...networks])]),
  ),
});
