import { describeLock, readLock, removeLock } from "../../engine/lock";
import { defineCommand } from "../command";
import { findEngine, labelOf } from "../data-volumes";
import { type LockResult, workOnLock } from "../operator/work";
import { json, stack } from "../options";
import { say } from "../processes";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Lets a stack be changed again. */
export const unlock = defineCommand({
  name: "unlock",
  summary: "lets a locked stack be changed again, whoever has locked it",
  options: { stack, json },
  examples: [["npm run unlock -- --stack prod", "says whose lock it was"]],
  run: (given) =>
    workOnLock("unlock", given, async (): Promise<Partial<LockResult>> => {
      const engine = await findEngine(pulumiOn(given.stack, pulumiEnvironment()));
      const label = labelOf(given.stack);
      const lock = await readLock(engine, label);
      if (lock !== undefined) await removeLock(engine, label);
      say(
        lock === undefined
          ? `The stack ${label} is not locked.`
          : `Unlocked. ${describeLock(label, lock).replace(" is ", " was ")}`,
      );
      return { ok: true, lock: lock ?? null };
    }),
});
