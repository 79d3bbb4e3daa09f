import { expect } from "vitest";
import { ask, watch } from "../support/requests";
import { record } from "../support/rows";
import type { PulumiRun } from "../support/pulumi-run";
import type { Workspace } from "../support/workspace";

/** An operation on a stack, done while its address is asked all the time. */
interface WatchedOptions {
  operation: string;
  workspace: Workspace;
  /** Whether something answers before; a first deployment has nothing to lose. Defaults to true. */
  answersBefore?: boolean;
  /** What is done. Defaults to an `up` that must succeed. */
  operate?: () => Promise<PulumiRun>;
  /** Further conditions for the row to hold. */
  check: (run: PulumiRun) => void | Promise<void>;
}

/** Does it, and records a row that holds if no request failed meanwhile and the conditions are met. */
export async function watched(options: WatchedOptions): Promise<PulumiRun> {
  const { operation, workspace, answersBefore = true, check } = options;
  const stop = answersBefore ? watch(workspace.url) : () => Promise.resolve([]);
  const startedAt = performance.now();
  let held = false;
  let seconds = 0;
  try {
    const run = await (options.operate ?? (() => workspace.deploy()))();
    seconds = (performance.now() - startedAt) / 1000;
    await check(run);
    const failures = (await stop()).filter(({ outcome }) => outcome !== 200);
    expect(failures).toEqual([]);
    held = true;
    return run;
  } finally {
    const seen = await stop();
    const failed = seen.filter(({ outcome }) => outcome !== 200).length;
    record({ operation, requests: seen.length, failed, seconds, held });
  }
}

/** An `up` that must change nothing. */
export function upWithoutChange(workspace: Workspace, operation: string): Promise<PulumiRun> {
  const check = ({ text, changes }: PulumiRun) => {
    expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  };
  return watched({ operation, workspace, check });
}

/** An `up` after which the application answers with this text. */
export function upToAnswer(workspace: Workspace, operation: string, text: string): Promise<PulumiRun> {
  return watched({ operation, workspace, check: () => expectAnswer(workspace, text) });
}

/** Expects that the stack's application answers with this text. */
export async function expectAnswer({ url }: Workspace, text: string): Promise<void> {
  expect(await ask(url)).toEqual({ status: 200, body: text });
}
