import { fleetOf } from "./fleet-of";
import { fromJson, toJson } from "./json";
import { onFleet } from "./on-fleet";
import { defineScript, onEngine, printing } from "./process";

export const { nothing, removeLeftovers, rememberNetworks } = defineScript<"leftovers">({
  /** There is something to do only in the end. */
  nothing: () => {
    process.stdout.write("\n");
  },

  /** Removes what an update that was killed created and could not write down, or the networks could not be removed. */
  removeLeftovers: onEngine(
    onFleet(async (engine, { task: { networks, stack, service } }) => {
      const removed = await fleetOf(engine).removeLeft(networks, { stack, service });
      return removed.length === 0 ? "nothing was left over" : removed.join("\n");
    }),
  ),

  /** Prints the names of all networks that a component has had: what is on one of them is of this deployment. */
  rememberNetworks: printing(({ task: { networks }, before }) =>
    toJson([...new Set([...(before === undefined ? [] : fromJson(before)), ...networks])]),
  ),
});
