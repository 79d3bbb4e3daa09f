import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cleanStackFiles, readStackFiles } from "../stack/stack-files";
import { cleanVariable } from "../stack/variables";
import { isExample, isInstalled, stackFolder } from "./bare/machine.cjs";
import { providePackage } from "./example";
import { forgetCounts } from "./example-settings";
import { findEngine } from "./data-volumes";
import { exitCodes, Failure } from "./failure";
import { provideProgram } from "./own-folder";
import { removeLeftLocks } from "./left-locks";
import { requireUnlocked } from "./lock";
import type { Told } from "./options";
import { prepare } from "./prepare";
import { say } from "./processes";
import { type Pulumi, pulumiEnvironment, pulumiOn } from "./pulumi";
import { giveResult, readEvents, type Result } from "./result";
import { prepareRun } from "./run-settings";

/** The work of a command on a stack. */
export interface Work {
  /** Name of the command. */
  command: string;
  stack: string;
  json: boolean;
  /** Whether standard output is for what the command gives: what Pulumi says goes beside it. */
  isQuiet: boolean;
  secretsProvider?: string | undefined;
  /** For the program, where it is to run. */
  told?: Told;
  /** Variables of its runs. */
  variables?: NodeJS.ProcessEnv;
  /** Whether anything is to be deployed, which needs images. */
  needsImages: boolean;
}

/** A stack that is ready to be worked on. */
export interface OpenStack {
  pulumi: Pulumi;
  /** Runs a command of Pulumi that shows, makes or removes resources; gives whether it succeeded. */
  act: (command: string, ...options: string[]) => Promise<boolean>;
  /** Options of each such command. */
  options: string[];
  /** File for Pulumi's log of events. */
  events: string;
}

/** Sees to it that all is there, opens the stack, does what is to be done with it, and gives the result. */
export async function workOnStack(
  work: Work,
  act: (stack: OpenStack) => Promise<Partial<Result>>,
): Promise<number> {
  const { command, stack, json, isQuiet } = work;
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "flotilla-"));
  const events = join(folder, "events.json");
  try {
    const code = await giveResult<Result>(
      json,
      () => open(work, events, act),
      ({ errors, ...told }) => {
        const seen = readEvents(events);
        return {
          ...{ command, stack, ok: false, outputs: {} },
          ...{ ...seen, ...told, errors: [...seen.errors, ...errors] },
          seconds: Math.round((performance.now() - startedAt) / 100) / 10,
        };
      },
    );
    if (code === exitCodes.failed && (json || !isQuiet)) repeatCauses(readEvents(events).errors);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Pulumi says why it failed in front of all outputs and counts. */
function repeatCauses(errors: string[]): void {
  const causes = errors
    .filter((error) => !/^(?:error: )?\w+ failed$/.test(error))
    // How a script was started, which helps nobody.
    .map((error) => error.replace(/^exit status \d+: running ".*":\n+/, ""));
  if (causes.length > 0) throw new Failure(causes.join("\n"));
}

async function open(
  { command, stack, isQuiet, secretsProvider, told, variables, needsImages }: Work,
  events: string,
  act: (stack: OpenStack) => Promise<Partial<Result>>,
): Promise<Partial<Result>> {
  if (isInstalled) await provideProgram(stackFolder, told !== undefined);
  await prepare({ images: needsImages });
  if (isExample && told !== undefined) await providePackage(stackFolder);
  const environment = pulumiEnvironment({
    // Pulumi writes its log of events only for those who look into Pulumi itself.
    PULUMI_DEBUG_COMMANDS: "true",
    ...variables,
  });
  const output = isQuiet ? "beside" : "shown";
  const pulumi = pulumiOn(stack, environment, output);
  const isOwnState = environment[cleanVariable] !== undefined && secretsProvider === undefined;
  const stackFiles = readStackFiles(stackFolder);
  try {
    const provider = secretsProvider === undefined ? [] : [`--secrets-provider=${secretsProvider}`];
    // Pulumi has said why.
    if (!(await pulumi.act(["stack", "select"], "--create", ...provider)))
      return { ok: false, errors: [`The stack ${stack} cannot be selected.`] };
    if (command !== "preview") {
      await requireUnlocked(await findEngine(pulumi), stack);
      removeLeftLocks(environment, stack).forEach(say);
    }
    const settings = told && prepareRun(stack, told, dirname(events));
    const programs = pulumiOn(stack, { ...environment, ...settings?.variables }, output);
    const options = [`--event-log=${events}`, ...(settings?.options ?? [])];
    const result = await act({
      ...{ pulumi: programs, options, events },
      act: (command, ...further) => programs.act([command], ...options, ...further),
    });
    if (result.ok === true && command !== "preview") settings?.keep();
    if (result.ok === true && command === "down" && isExample) forgetCounts({ folder: stackFolder, stack });
    return result;
  } finally {
    if (isOwnState) cleanStackFiles(stackFolder, stackFiles);
  }
}

/** At a terminal Pulumi shows its preview and asks; where nobody can answer, the command itself is the answer. */
export function consent({ yes, json }: { yes: boolean; json: boolean }): string[] {
  const canAsk = process.stdin.isTTY && process.stdout.isTTY && !json;
  return yes || !canAsk ? ["--yes", "--skip-preview"] : [];
}
