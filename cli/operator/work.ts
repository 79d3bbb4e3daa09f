import type { Lock } from "../../engine/lock";
import { requireUnlocked } from "../lock";
import { type DeployedStack, findDeployed } from "./parts";
import { giveResult } from "../result";
import { say } from "../processes";
import { describeChanges } from "../progress/receipt";
import type { Deed } from "../progress/watch";
import { agreed, type Work, workOnStack } from "../stack";

/** The result of a command on what runs of a stack, for programs. */
export interface PartsResult {
  command: string;
  stack: string;
  ok: boolean;
  /** Titles of the containers that it has done something with. */
  parts: string[];
  /** Why it failed. */
  errors: string[];
}

/** The options of stop and start. */
interface Given {
  stack: string;
  json: boolean;
}

/** Does something with the containers of a stack, and gives the result. */
export function workOnParts(
  command: string,
  given: Given,
  act: (stack: DeployedStack) => Promise<string[]>,
): Promise<number> {
  return giveResult<PartsResult>(
    given.json,
    async () => {
      const deployed = await findDeployed(given.stack);
      // A start takes nothing away.
      if (command !== "start") await requireUnlocked(deployed.engine, given.stack);
      return { ok: true, parts: await act(deployed) };
    },
    (told) => ({ command, stack: given.stack, ok: false, parts: [], ...told }),
  );
}

/** The options of an update by another command than `up`. */
interface Asked {
  stack: string;
  json: boolean;
  verbose: boolean;
  secretsProvider: string | undefined;
}

/** Deploys a stack without a question, told more than its settings say; `tell` says what came of it. Gives the exit code. */
export function updateStack(
  command: string,
  { stack, json, verbose, secretsProvider }: Asked,
  { replicas = [], variables }: { replicas?: string[]; variables?: NodeJS.ProcessEnv },
  tell: (deed: Deed) => string | Promise<string>,
): Promise<number> {
  const work: Work = {
    ...{ command, stack, json, verbose, isQuiet: json, needsImages: false, secretsProvider },
    ...{ told: { replicas, set: [] }, variables },
  };
  return workOnStack(work, async ({ act }) => {
    const deed = await act("up", ...agreed);
    if (deed.ok) {
      const end = await tell(deed);
      if (!json) say(`${describeChanges(deed.board, deed.milliseconds)}\n${end}`);
    }
    return { ok: deed.ok };
  });
}

/** The result of a command on the lock of a stack, for programs. */
export interface LockResult {
  command: string;
  stack: string;
  ok: boolean;
  /** The lock that is in force, or that was; null where there was none. */
  lock: Lock | null;
  /** Why it failed. */
  errors: string[];
}

/** Does something with the lock of a stack, and gives the result. */
export function workOnLock(
  command: string,
  { stack, json }: Given,
  act: () => Promise<Partial<LockResult>>,
): Promise<number> {
  return giveResult<LockResult>(json, act, (told) => ({ command, stack, ok: false, lock: null, ...told }));
}
