import type { Engine } from "../engine/client";
import { findBalancers } from "./balancer";
import type { Tried } from "./canary";
import { drain } from "./drain";
import { fleetOf } from "./fleet-of";
import { readLive } from "./live";
import type { PushTask } from "./tasks";

/** Seconds that a replica of a bad version has to end. */
const stopSeconds = 10;

/** Stops the new replicas of pools once they get no requests any more: what else a bad version does is to end too. */
export async function retire(
  engine: Engine,
  task: PushTask,
  balancer: string,
  tried: Tried[],
): Promise<void> {
  if (tried.length === 0) return;
  try {
    const { members } = await readLive(engine, balancer);
    const balancers = await findBalancers(engine, task);
    for (const { upstream, gates } of tried) {
      const serving = (members.get(upstream.name) ?? []).map(({ name }) => name);
      const idle = gates.filter(({ replica }) => !serving.includes(replica));
      await drain(engine, { balancers, network: task.network }, upstream, idle);
      await Promise.all(idle.map(({ replica }) => fleetOf(engine).stop(replica, stopSeconds)));
    }
  } catch {
    // Why the update failed is what is told; the next one removes them.
  }
}
