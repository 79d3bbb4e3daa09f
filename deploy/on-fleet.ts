import type { Engine } from "../engine/client";
import { onEngine } from "./process";
import { manageSwarm, type SwarmSettings } from "./swarm/swarm-fleet";

/** Variable by which a script is told that its engine manages a swarm. */
export const swarmVariable = "FLOTILLA_SWARM";

/** A function that does something on the engine of its environment, or on the swarm that this one manages. */
export function onFleet<Values>(
  work: (engine: Engine, given: Values) => Promise<string>,
): (given: Values) => Promise<void> {
  return onEngine(async (engine, given: Values) => {
    const { [swarmVariable]: told } = process.env;
    if (told === undefined) return work(engine, given);
    const swarm = manageSwarm(engine, JSON.parse(told) as SwarmSettings);
    try {
      return await work(swarm, given);
    } finally {
      await swarm.close();
    }
  });
}
