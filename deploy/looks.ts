import { type Engine, Failure } from "../engine/client";
import type { ReplicaState } from "./fleet";
import { fleetOf } from "./fleet-of";
import { sleep } from "./process";

/** Looks at a replica. */
export type Look = (replica: string) => Promise<ReplicaState>;

/** Milliseconds in which those who look come together. */
const togetherMs = 50;

/** Makes looks of which one call of the engine serves all that come together. */
export function shareLooks(engine: Engine): Look {
  let next: { containers: Set<string>; states: Promise<Map<string, ReplicaState>> } | undefined;
  return async (container) => {
    const containers = next?.containers ?? new Set();
    next ??= {
      containers,
      states: sleep(togetherMs).then(() => {
        next = undefined;
        return readStates(engine, [...containers]);
      }),
    };
    containers.add(container);
    const state = (await next.states).get(container);
    if (state === undefined) throw new Failure(`The engine says nothing of the container ${container}.`);
    return state;
  };
}

/** Reads the states of replicas, by their names, but for those that are gone. */
export function readStates(engine: Engine, replicas: string[]): Promise<Map<string, ReplicaState>> {
  return fleetOf(engine).readStates(replicas);
}
