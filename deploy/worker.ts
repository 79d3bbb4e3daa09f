import { fleetOf } from "./fleet-of";
import { passGateOfPool } from "./rights";
import { fromJson, toJson } from "./json";
import { onFleet } from "./on-fleet";
import { defineScript, onEngine } from "./process";

export const { prove, sweep } = defineScript<"worker">({
  /** Waits until a worker is healthy, or has run for long enough. One that has been so before is left running where it is not. */
  prove: onEngine(
    onFleet((engine, { task, before }) =>
      passGateOfPool(engine, task, { serves: () => before !== undefined }),
    ),
  ),

  /** Removes workers that no deployment knows: of those that it knows, the old ones are still to end. */
  sweep: onEngine(
    onFleet(async (engine, { task: { network, replicas, stopSeconds }, before }) => {
      const known = [...replicas, ...(before === undefined ? [] : fromJson(before).replicas)];
      const fleet = fleetOf(engine);
      const found = (await fleet.listAround(network)).filter(({ labels }) => labels.role === "worker");
      const removed = found.map(({ name }) => name).filter((name) => !known.includes(name));
      await Promise.all(
        removed.map(async (name) => {
          await fleet.stop(name, stopSeconds);
          await fleet.remove(name);
        }),
      );
      return toJson({ replicas, removed });
    }),
  ),
});
