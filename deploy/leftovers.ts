import { findContainers } from "./balancer";
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
    const removeAll = async (containers: string[]): Promise<void> => {
      for (const container of containers) {
        await engine.run(["rm", "--force", "--volumes", container]);
        removed.push(container);
      }
    };
    // A kill may come before a container is on any network.
    const made = { filters: ["status=created"], all: true };
    await removeAll(await findContainers(engine, { stack, service }, undefined, made));
    for (const network of networks) {
      await removeAll(
        await findContainers(engine, { role: "balancer", shares: network }, undefined, { all: true }),
      );
      for (const role of ["replica", "worker", "balancer"] as const)
        await removeAll(await findContainers(engine, { role }, network, { all: true }));
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
