import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cleanStackFiles, readStackFiles } from "../stack/stack-files";
import { cleanVariable } from "../stack/variables";
import { isExample, isInstalled, stackFolder } from "./bare/machine.cjs";
import { providePackage } from "./example";
import { forgetCounts } from "./example-settings";
import { findEngine } from "./data-volumes";
import { exitCodes, Failure, Misuse } from "./failure";
import { provideProgram } from "./own-folder";
import { removeLeftLocks } from "./left-locks";
import { requireUnlocked } from "./lock";
import { selectStack } from "./known-stacks";
import type { Told } from "./options";
import { prepare } from "./prepare";
import { say } from "./processes";
import { type Attempt, findCauses, findRemedy, isMisuse } from "./progress/causes";
import { describeRefusal } from "./progress/refusals";
import { chooseLook } from "./progress/view";
import { type Deed, watchRun } from "./progress/watch";
import { type Pulumi, pulumiEnvironment, pulumiOn } from "./pulumi";
import { makeRunFolder } from "./run-folder";
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
  /** Whether Pulumi shows what it does itself. */
  verbose?: boolean;
  secretsProvider?: string | undefined;
  /** For the program, where it is to run. */
  told?: Told;
  /** Variables of its runs. */
  variables?: NodeJS.ProcessEnv;
  /** Whether anything is to be deployed, which needs images. */
  needsImages: boolean;
  /** Whether it goes on when the user wants an end, until that is said again. */
  endures?: boolean;
}

/** A stack that is ready to be worked on. */
export interface OpenStack {
  pulumi: Pulumi;
  /** Runs a command of Pulumi that makes or removes resources, and shows how it goes on. */
  act: (command: string, ...options: string[]) => Promise<Deed>;
  /** Runs a command of Pulumi for what it prints, and shows that, but for a failure, which is told last; gives whether it succeeded. */
  show: (command: string, ...options: string[]) => Promise<boolean>;
  /** Options of each such command. */
  options: string[];
  /** File for Pulumi's log of events. */
  events: string;
}

/** All that has been done to a stack. */
interface Done {
  events: string;
  deeds: Deed[];
}

/** Sees to it that all is there, opens the stack, does what is to be done with it, and gives the result. */
export async function workOnStack(
  work: Work,
  act: (stack: OpenStack) => Promise<Partial<Result>>,
): Promise<number> {
  const { command, stack, json, isQuiet } = work;
  const startedAt = performance.now();
  const folder = makeRunFolder();
  const done: Done = { events: join(folder, "events.json"), deeds: [] };
  let seen: Seen | undefined;
  try {
    const code = await giveResult<Result>(
      json,
      () => open(work, done, act),
      ({ errors, ...told }) => {
        seen = lookBack(work, done);
        const { changes, warnings, causes } = seen;
        return {
          ...{ command, stack, ok: false, outputs: {} },
          ...{ changes, warnings, ...told, errors: [...causes, ...errors] },
          seconds: Math.round((performance.now() - startedAt) / 100) / 10,
        };
      },
    );
    if (code === exitCodes.failed && (json || !isQuiet))
      throwFailure(work, done, seen ?? lookBack(work, done));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All that is known of what was done. */
interface Seen extends Pick<Result, "changes" | "warnings"> {
  /** Pulumi's own words. */
  errors: string[];
  /** The causes of a failure, in ours. */
  causes: string[];
}

/** Looks back at what was done; what was followed while it went on need not be read again. */
function lookBack(work: Work, { events, deeds }: Done): Seen {
  const [first] = deeds;
  const { changes, errors, warnings } =
    first === undefined ? readEvents(events) : { ...first.board, changes: first.ending?.changes ?? {} };
  const failed = deeds.find(({ ok }) => !ok);
  const causes =
    failed === undefined ? findCauses(errors, attemptOf(work, deeds)) : explain(work, failed, deeds);
  return { changes, warnings, errors, causes };
}

/** Why a deed has failed; `deeds` are all that belong to it. */
export function explain(work: Pick<Work, "command" | "stack">, failed: Deed, deeds = [failed]): string[] {
  const causes = findCauses(failed.board.errors, attemptOf(work, deeds));
  return causes.length > 0 ? causes : [describeSilence(failed, work.stack)];
}

/** Why a run has failed whose log of events does not say it. */
function describeSilence({ isInterrupted, text }: Deed, stack: string): string {
  return isInterrupted
    ? "Interrupted. What was cut short is put right by the next update."
    : describeRefusal(text, stack);
}

function attemptOf({ command, stack }: Pick<Work, "command" | "stack">, deeds: Deed[]): Attempt {
  return { command, stack, isInterrupted: deeds.some(({ isInterrupted }) => isInterrupted) };
}

/** The cause stands at the end of the screen, with the command that mends it. */
function throwFailure(work: Work, done: Done, { causes, errors }: Seen): void {
  if (causes.length === 0) return;
  const remedy = findRemedy(causes, attemptOf(work, done.deeds));
  const message = [...causes, ...(remedy === undefined ? [] : [remedy])].join("\n");
  throw isMisuse(errors) ? new Misuse(message) : new Failure(message);
}

async function open(
  work: Work,
  { events, deeds }: Done,
  act: (stack: OpenStack) => Promise<Partial<Result>>,
): Promise<Partial<Result>> {
  const { command, stack, json, isQuiet, verbose = false, secretsProvider, told, variables } = work;
  const { needsImages, endures = false } = work;
  if (isInstalled) await provideProgram(stackFolder, told !== undefined);
  await prepare({ images: needsImages });
  if (isExample && told !== undefined) await providePackage(stackFolder);
  const environment = pulumiEnvironment({
    // Pulumi writes its log of events only for those who look into Pulumi itself.
    PULUMI_DEBUG_COMMANDS: "true",
    ...variables,
  });
  const output = isQuiet ? "beside" : "shown";
  const isOwnState = environment[cleanVariable] !== undefined && secretsProvider === undefined;
  const stackFiles = readStackFiles(stackFolder);
  try {
    const pulumi = pulumiOn(stack, environment);
    const early = command === "preview" ? undefined : findEngine(pulumi);
    early?.catch(() => undefined);
    // Pulumi tells the settings of a stack that it has.
    const isNew = await selectStack(pulumi, secretsProvider);
    if (early !== undefined) {
      await requireUnlocked(await (isNew ? findEngine(pulumi) : early), stack);
      removeLeftLocks(environment, stack).forEach(say);
    }
    const settings = told && prepareRun(stack, told, dirname(events));
    const programs = pulumiOn(stack, { ...environment, ...settings?.variables }, output, endures);
    const own = settings?.options ?? [];
    const options = [`--event-log=${events}`, ...own];
    const result = await act({
      ...{ pulumi: programs, options, events },
      show: async (command, ...further) => {
        const { ok, text } = await programs.print([command], ...options, ...further);
        if (ok || readEvents(events).errors.length === 0)
          (isQuiet ? process.stderr : process.stdout).write(text);
        return ok;
      },
      act: async (pulumiCommand, ...further) => {
        // What comes second is told in the result of what came first.
        const file = deeds.length === 0 ? events : `${events}.${deeds.length}`;
        const all = [`--event-log=${file}`, ...own, ...further];
        const watching = {
          file,
          title: `${stack}: ${command}`,
          endures,
          look: verbose ? undefined : chooseLook({ json, isQuiet }),
        };
        const deed = await watchRun(watching, () =>
          verbose ? programs.act([pulumiCommand], ...all) : programs.watch([pulumiCommand], ...all),
        );
        deeds.push(deed);
        return deed;
      },
    });
    if (result.ok === true && command !== "preview") settings?.keep();
    if (result.ok === true && command === "down" && isExample) forgetCounts({ folder: stackFolder, stack });
    return result;
  } finally {
    if (isOwnState) cleanStackFiles(stackFolder, stackFiles);
  }
}

/** Whether the user is asked first: where nobody can answer, the command itself is the answer. */
export function canAsk({ yes, json }: { yes: boolean; json: boolean }): boolean {
  return !yes && !json && process.stdin.isTTY && process.stdout.isTTY;
}

/** Options of Pulumi's commands that make or remove resources: what is to be asked, we ask ourselves. */
export const agreed = ["--yes", "--skip-preview"];
