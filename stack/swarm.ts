import { asRecord, type Problem } from "../components/arguments/problems";
import { EngineKind } from "../components";
import { createRunError } from "../components/resources/run-error";
import { connect } from "../engine/client";
import { type Manager, readManager } from "../engine/swarm";
import type { LoadBalancedServiceArgs } from "../components";

/** Parts of a stack that run on one engine. */
const oneEngineParts: Record<string, string> = {
  datastores:
    "Datastores keep their data on one engine: have them there in a stack of their own, and give pools their addresses by env or secrets.",
  monitoring: "Monitoring measures one engine. Have a Prometheus outside of the swarm.",
};

/** Problems of parts that run on one engine, where the stack runs on a swarm. */
export function findOneEngineParts(settings: Map<string, unknown>): Problem[] {
  if (asRecord(settings.get("engine"))?.kind !== EngineKind.Swarm) return [];
  return Object.entries(oneEngineParts).flatMap(([name, remedy]) => {
    const value = settings.get(name);
    const isSet = value !== undefined && Object.keys(asRecord(value) ?? { value }).length > 0;
    return isSet ? [{ path: [name], value, rule: "be left out where engine.kind is swarm", remedy }] : [];
  });
}

/** Ends the deployment to a swarm before anything is touched, where the engine cannot be asked to do it. */
export async function requireManager(
  { engine }: LoadBalancedServiceArgs,
  host: string | undefined,
): Promise<void> {
  if (engine?.kind !== EngineKind.Swarm) return;
  const manager = await readManager(connect({ host }));
  const problem = manager === undefined ? undefined : findManagerProblem(manager);
  // One that cannot be asked is told of by the deployment itself.
  if (problem !== undefined) throw createRunError(problem);
}

function findManagerProblem({ isManager, availability, name }: Manager): string | undefined {
  if (!isManager)
    return `engine.kind must be left out where the engine manages no swarm, got "swarm": ${name} is no manager. Set docker:host, or a Docker context, to the engine of a manager; docker swarm init makes one.`;
  if (availability === "drain")
    return `The node ${name}, whose engine is asked, must take containers for the time of an update, got "drain". Run docker node update --availability pause ${name}, or ask the engine of another manager.`;
  return undefined;
}
