import type { Engine } from "../engine/client";
import { describeLock, readLock } from "../engine/lock";
import { describeCall } from "./call";
import { labelOf, ofStack } from "./data-volumes";
import { Failure } from "./failure";

/** Refuses to change a stack that somebody has locked. */
export async function requireUnlocked(engine: Engine, stack: string): Promise<void> {
  const label = labelOf(stack);
  const lock = await readLock(engine, label);
  if (lock === undefined) return;
  throw new Failure(
    `${describeLock(label, lock)}. Nothing was touched. Unlock it: ${describeCall("unlock", ...ofStack(stack))}`,
    { lock },
  );
}
