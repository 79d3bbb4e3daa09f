import type { Engine } from "../engine/client";
import type { Fleet } from "./fleet";
import { oneEngine } from "./one-engine";

/** An engine that is part of a fleet. */
export interface FleetEngine extends Engine {
  readonly fleet: Fleet;
}

/** The fleet of an engine: itself, where nothing else is said. */
export function fleetOf(engine: Engine): Fleet {
  return "fleet" in engine ? (engine as FleetEngine).fleet : oneEngine(engine);
}
