import { hostname, userInfo } from "node:os";
import { describeLock, type Lock, takeLock } from "../../engine/lock";
import { describeCall } from "../call";
import { defineCommand, text } from "../command";
import { findEngine, labelOf, ofStack } from "../data-volumes";
import { Failure, Misuse } from "../failure";
import { type LockResult, workOnLock } from "../operator/work";
import { json, stack } from "../options";
import { say } from "../processes";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Keeps all from changing a stack. */
export const lock = defineCommand({
  name: "lock",
  summary: "keeps everybody from changing the stack, from every machine, until it is unlocked",
  options: { stack, message: text("why", "why, for those who are refused", "", { short: "m" }), json },
  examples: [
    ['npm run lock -- -m "the database is being moved"', "up and all that changes it are refused"],
    ['npm run lock -- -m "until Monday" --stack prod', "plain pulumi up too"],
  ],
  check: ({ message }) => {
    if (message.trim() === "")
      throw new Misuse(
        '--message must say why, got nothing. Write it like -m "the database is being moved".',
      );
  },
  run: (given) =>
    workOnLock("lock", given, async (): Promise<Partial<LockResult>> => {
      const engine = await findEngine(pulumiOn(given.stack, pulumiEnvironment()));
      const label = labelOf(given.stack);
      const why = given.message.replaceAll(/\s+/g, " ").trim();
      const own: Lock = { by: nameUser(), at: new Date().toISOString(), why };
      const held = await takeLock(engine, label, own);
      if (held.by !== own.by || held.at !== own.at)
        throw new Failure(`${describeLock(label, held)}. It stays so.`, { lock: held });
      say(`The stack ${label} is locked. Unlock it: ${describeCall("unlock", ...ofStack(given.stack))}`);
      return { ok: true, lock: held };
    }),
});

/** Who calls, as the machine knows them. */
function nameUser(): string {
  return `${userInfo().username}@${hostname()}`;
}
