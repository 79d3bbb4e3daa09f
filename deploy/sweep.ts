import { type BalancerPlace, findContainers } from "./balancer";
import { drain } from "./drain";
import type { Gate } from "./gate";
import type { Live } from "./live";
import type { Engine } from "../engine/client";

/** The replicas of one upstream, and how those that nobody knows end. */
interface SweptUpstream {
  name: string;
  port: number;
  drainSeconds: number;
  gates: Gate[];
}

/** Removes replicas that no deployment knows: an update that was killed created them and could not write them down. */
export async function sweep(
  engine: Engine,
  task: BalancerPlace & { upstreams: SweptUpstream[]; keepaliveMinSeconds: number },
  live: Live["members"],
): Promise<string[]> {
  const swept: string[] = [];
  for (const { name, gates, port, drainSeconds } of task.upstreams) {
    const wasLive = (live.get(name) ?? []).map((member) => member.name);
    const found = await findContainers(
      engine,
      "replica",
      task.network,
      [`label=flotilla.pool=${name}`],
      true,
    );
    const unknown = found.filter(
      (container) => !gates.some(({ replica }) => replica === container) && !wasLive.includes(container),
    );
    for (const replica of unknown) {
      await drain(engine, task, {
        replica,
        port,
        drainSeconds,
        keepaliveMinSeconds: task.keepaliveMinSeconds,
      });
      await engine.attempt(["rm", "--force", replica]);
      swept.push(`${replica} was left over and is removed`);
    }
  }
  return swept;
}
