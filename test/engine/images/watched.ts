import { expect } from "vitest";
import { ask } from "../support/requests";
import { record, row } from "../support/rows";
import type { PulumiRun } from "../support/pulumi-run";
import type { Workspace } from "../support/workspace";

/** An operation on a stack, done under load. */
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

// Any good answer will do: what it says is a condition of its own.
const load = { clients: { busyGet: 6, busyPost: 6, slow: 0, idle: 3, fresh: 2 }, answer: "" };

/** Does it, and records a row that holds if no request failed meanwhile and the conditions are met. */
export async function watched(options: WatchedOptions): Promise<PulumiRun> {
  const { operation, workspace, answersBefore = true, check } = options;
  const operate = async (): Promise<PulumiRun> => {
    const run = await (options.operate ?? (() => workspace.deploy()))();
    await check(run);
    return run;
  };
  if (answersBefore) return (await row({ operation, target: workspace.url, load }, operate)).result;
  const startedAt = performance.now();
  let held = false;
  try {
    const run = await operate();
    held = true;
    return run;
  } finally {
    const seconds = (performance.now() - startedAt) / 1000;
    record({ operation, requests: 0, failed: 0, seconds, held });
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
