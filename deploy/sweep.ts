import { drain } from "./drain";
import type { Neighbour } from "./fleet";
import { fleetOf } from "./fleet-of";
import type { Live } from "./live";
import type { Engine } from "../engine/client";
import type { PushTask } from "./tasks";

/** Removes replicas that no deployment knows: an update that was killed created them and could not write them down. */
export async function sweep(
  engine: Engine,
  { network, upstreams }: PushTask,
  balancers: string[],
  live: Live["members"],
  around: Neighbour[],
): Promise<string[]> {
  const swept: string[] = [];
  for (const { name, gates, port, drainSeconds, streamSeconds } of upstreams) {
    const wasLive = (live.get(name) ?? []).map((member) => member.name);
    const known = [...gates.map(({ replica }) => replica), ...wasLive];
    const unknown = around
      .filter(({ labels: { role, pool } }) => role === "replica" && pool === name)
      .flatMap((container) => (known.includes(container.name) ? [] : [container.name]));
    const leaving = unknown.map((replica) => ({ replica, title: replica }));
    await drain(engine, { balancers, network }, { port, drainSeconds, streamSeconds }, leaving);
    for (const replica of unknown) {
      await fleetOf(engine).remove(replica);
      swept.push(`${replica} was left over and is removed`);
    }
  }
  return swept;
}
