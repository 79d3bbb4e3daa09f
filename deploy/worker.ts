import { stopContainer } from "../engine/containers";
import { findContainers } from "./balancer";
import { passGateOfPool } from "./rights";
import { fromJson, toJson } from "./json";
import { defineScript, onEngine } from "./process";

export const { prove, sweep } = defineScript<"worker">({
  /** Waits until a worker is healthy, or has run for long enough. One that has been so before is left running where it is not. */
  prove: onEngine((engine, { task, before }) =>
    passGateOfPool(engine, task, { serves: () => before !== undefined }),
  ),

  /** Removes workers that no deployment knows: of those that it knows, the old ones are still to end. */
  sweep: onEngine(async (engine, { task: { network, replicas, stopSeconds }, before }) => {
    const known = [...replicas, ...(before === undefined ? [] : fromJson(before).replicas)];
    const found = await findContainers(engine, { role: "worker" }, network, { all: true });
    const removed = found.filter((container) => !known.includes(container));
    await Promise.all(
      removed.map(async (container) => {
        await stopContainer(engine, container, stopSeconds);
        await engine.attempt(["rm", "--force", "--volumes", container]);
      }),
    );
    return toJson({ replicas, removed });
  }),
});
