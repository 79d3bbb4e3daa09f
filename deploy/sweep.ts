import { findContainers } from "./balancer";
import { drain } from "./drain";
import type { Live } from "./live";
import type { Engine } from "../engine/client";
import type { Labels } from "../engine/labels";
import type { PushTask } from "./tasks";

/** Removes replicas that no deployment knows: an update that was killed created them and could not write them down. */
export async function sweep(engine: Engine, task: PushTask, live: Live["members"]): Promise<string[]> {
  const swept: string[] = [];
  for (const { name, gates, port, drainSeconds, streamSeconds } of task.upstreams) {
    const wasLive = (live.get(name) ?? []).map((member) => member.name);
    const own: Labels = { role: "replica", pool: name };
    const found = await findContainers(engine, own, task.network, { all: true });
    const unknown = found.filter(
      (container) => !gates.some(({ replica }) => replica === container) && !wasLive.includes(container),
    );
    const leaving = unknown.map((replica) => ({ replica, title: replica }));
    await drain(engine, task, { port, drainSeconds, streamSeconds }, leaving);
    for (const replica of unknown) {
      await engine.attempt(["rm", "--force", replica]);
      swept.push(`${replica} was left over and is removed`);
    }
  }
  return swept;
}
