import { type DeployedStack, findDeployed } from "./parts";
import { giveResult } from "../result";

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
    async () => ({ ok: true, parts: await act(await findDeployed(given.stack)) }),
    (told) => ({ command, stack: given.stack, ok: false, parts: [], ...told }),
  );
}
