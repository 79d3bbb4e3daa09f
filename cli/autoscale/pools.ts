import { asRecord } from "../../components/arguments/problems";
import { scalingSchema } from "../../stack/scaling";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";
import { Misuse } from "../failure";
import { suggestNearest } from "../slip";
import type { ScaledPool } from "./decide";

/** A pool that is scaled, as it was deployed last. */
export interface DeployedPool extends ScaledPool {
  /** Its number of replicas; where a deployment has failed, the engine may have others. */
  current: number;
}

/** Finds among the outputs of a stack the pools that are scaled. */
export function parseScaledPools(outputs: Record<string, unknown>): DeployedPool[] {
  return Object.entries(asRecord(outputs.replicas) ?? {}).flatMap(([pool, state]) => {
    const { min, max, current, scaling } = asRecord(state) ?? {};
    const read = scalingSchema.safeParse(scaling);
    if (!read.success || typeof min !== "number" || typeof max !== "number") return [];
    return typeof current === "number" ? [{ pool, min, max, current, scaling: read.data }] : [];
  });
}

/** The pools of some names, or all where there are none; one that is not scaled is refused. */
export function chooseScaled(
  pools: DeployedPool[],
  names: string[],
  { stack, deployed }: { stack: string; deployed: string[] },
): DeployedPool[] {
  const known = pools.map(({ pool }) => pool);
  const remedy = `Write replicas: { initial: 1, max: 5, scaling: {} } at the pool in the stack's file, and deploy it: ${describeCall("up", ...ofStack(stack))}`;
  if (known.length === 0)
    throw new Misuse(`No pool of the stack ${stack} has scaling, as it is deployed. ${remedy}`);
  const strange = names.filter((name) => !known.includes(name));
  if (strange.length > 0) {
    const lines = strange.map((name) =>
      deployed.includes(name)
        ? `The pool ${name} has no scaling, as it is deployed. ${remedy}`
        : `The stack ${stack} has no pool ${name}.${suggestNearest(name, deployed)}`,
    );
    throw new Misuse(`${lines.join("\n")}\nPools with scaling: ${known.join(", ")}.`);
  }
  return names.length === 0 ? pools : pools.filter(({ pool }) => names.includes(pool));
}
