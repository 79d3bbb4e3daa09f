import { EngineKind } from "../../engine-types";
import type { Ground } from "./ground";
import { oneEngine } from "./one-engine";
import type { EngineSettings } from "./schema";
import { createSwarm } from "./swarm";

/** What a service is made of, by what its engine is. */
export function chooseGround(settings: EngineSettings): Ground {
  return settings.kind === EngineKind.Swarm ? createSwarm(settings) : oneEngine;
}
