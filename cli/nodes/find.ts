import { type AskApi, askApi } from "../../engine/ask-api";
import type { Engine } from "../../engine/client";
import { readSwarm, type Swarm, type SwarmNode } from "../../engine/swarm-nodes";
import { findEngine, labelOf } from "../data-volumes";
import { Misuse } from "../failure";
import { pulumiEnvironment, pulumiOn } from "../pulumi";
import { suggestNearest } from "../slip";

/** The swarm that a stack's engine manages. */
export interface FoundSwarm {
  engine: Engine;
  /** Project and stack. */
  label: string;
  swarm: Swarm;
}

/** Finds the swarm of a stack; fails where its engine manages none. */
export async function findSwarm(stack: string, ask: AskApi = askApi): Promise<FoundSwarm> {
  const engine = await findEngine(pulumiOn(stack, pulumiEnvironment()));
  return { engine, label: labelOf(stack), swarm: await readSwarm(engine, ask) };
}

/** The machine that a word names: by its name, or by its id or the start of that. */
export function chooseNode({ nodes }: Swarm, word: string): SwarmNode {
  const named = nodes.filter(({ name }) => name === word);
  const chosen = named.length > 0 ? named : nodes.filter(({ id }) => word.length > 3 && id.startsWith(word));
  const [node] = chosen;
  if (node === undefined) {
    const names = nodes.map(({ name }) => name);
    throw new Misuse(
      `There is no node ${word} in the swarm.${suggestNearest(word, names)} It has ${names.join(", ")}.`,
    );
  }
  if (chosen.length > 1)
    throw new Misuse(
      `${word} must name one node, got ${chosen.length}. Write the id of one of them: ${chosen.map(({ id }) => id).join(", ")}`,
    );
  return node;
}
