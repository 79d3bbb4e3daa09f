import type { Engine } from "../engine/client";
import { manageSwarm, type SwarmSettings } from "./swarm/swarm-fleet";

/** Variable by which a script is told that its engine manages a swarm. */
export const swarmVariable = "FLOTILLA_SWARM";

/** Work on an engine, or on the swarm that it manages where the environment says so. */
export function onFleet<Values>(
  work: (engine: Engine, given: Values) => Promise<string>,
): (engine: Engine, given: Values) => Promise<string> {
  return async (engine, given) => {
    const { [swarmVariable]: told } = process.env;
    if (told === undefined) return work(engine, given);
    const swarm = manageSwarm(engine, JSON.parse(told) as SwarmSettings);
    try {
      return await work(swarm, given);
    } finally {
      await swarm.close();
    }
  };
}
