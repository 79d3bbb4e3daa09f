import { execFile } from "node:child_process";
import { join } from "node:path";
import { stackFolder, withTools } from "./bare/machine.cjs";
import { Failure } from "./failure";
import { requireProject } from "./own-folder";
import { type Ended, type Output, run } from "./processes";
import { stateVariables } from "./state";

/** The environment of every run of Pulumi: the state of the project, the tools of a set-up, and what holds for this run alone. */
export function pulumiEnvironment(ofThisRun: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  requireProject(stackFolder);
  return withTools({
    ...process.env,
    ...stateVariables(process.env),
    NODE_OPTIONS: withLazyLoading(process.env.NODE_OPTIONS),
    ...ofThisRun,
  });
}

/** Options of Node by which a program begins sooner. */
function withLazyLoading(options = ""): string {
  // In quotes a backslash stands for what follows it.
  const file = join(__dirname, "bare", "lazy.cjs").replaceAll("\\", "/");
  return `${options} --require "${file}"`.trim();
}

/** Pulumi on one stack. */
export interface Pulumi {
  readonly stack: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs a command for what it prints; its errors are shown. */
  print(command: string[], ...options: string[]): Promise<{ ok: boolean; text: string }>;
  /** Runs a command in the sight of the user; gives its exit code. */
  act(command: string[], ...options: string[]): Promise<Ended>;
  /** Runs a command of which nothing is shown; gives its exit code, and what it wrote on standard error. */
  watch(command: string[], ...options: string[]): Promise<Ended>;
  /** A setting of the stack that is no secret; undefined where it has none, or Pulumi knows no such stack. */
  setting(name: string): Promise<string | undefined>;
}

/** Runs Pulumi on a stack; what it says is shown as such, or beside the result of a command. */
export function pulumiOn(
  stack: string,
  environment: NodeJS.ProcessEnv,
  output: Output = "shown",
  endures = false,
): Pulumi {
  const start = (command: string[], options: string[], to: Output) =>
    run("pulumi", [...command, `--stack=${stack}`, ...options], environment, to, endures);
  return {
    stack,
    environment,
    print: async (command, ...options) => {
      const { code, text } = await start(command, options, "kept");
      return { ok: code === 0, text };
    },
    act: (command, ...options) => start(command, options, output),
    watch: (command, ...options) => start(command, ["--color=never", ...options], "watched"),
    setting: (name) => readSetting(name, stack, environment),
  };
}

/** Most milliseconds for an answer from the stack's file. */
const soon = 60_000;

/** Whoever took no answer for none would go on with another engine than the stack's. */
async function readSetting(
  name: string,
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const settings = await readStackSettings(stack, environment).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`Pulumi cannot read ${name} of the stack ${stack}: ${error.message}`);
  });
  return settings?.[name]?.value;
}

/** Settings of a stack as Pulumi tells them. */
export type Settings = Partial<Record<string, { value?: string; objectValue?: unknown; secret?: boolean }>>;

/** The settings of a stack, without those that are secret; undefined where Pulumi knows no such stack. */
export async function readStackSettings(
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<Settings | undefined> {
  const { stdout, problem } = await ask(["config", "--json", `--stack=${stack}`], environment);
  if (problem === undefined) return JSON.parse(stdout) as Settings;
  if (/no stack named/.test(problem)) return undefined;
  throw new Failure(problem);
}

/** The outputs of a stack, without those that are secret; nothing where Pulumi does not tell them. */
export async function readStackOutputs(
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<Record<string, unknown>> {
  const args = ["stack", "output", "--json", `--stack=${stack}`];
  const { stdout, problem } = await ask(args, environment);
  return problem === undefined ? (JSON.parse(stdout) as Record<string, unknown>) : {};
}

/** Runs Pulumi out of the user's sight. */
function ask(
  args: string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ stdout: string; problem: string | undefined }> {
  const options = { cwd: stackFolder, env: environment, timeout: soon, maxBuffer: Infinity };
  return new Promise((resolve) => {
    execFile("pulumi", args, options, (error, stdout, stderr) => {
      resolve({ stdout, problem: error === null ? undefined : stderr.trim() || error.message });
    });
  });
}
