import { execFile } from "node:child_process";
import { stackFolder, withTools } from "./bare/machine.cjs";
import { Failure } from "./failure";
import { requireProject } from "./own-folder";
import { type Output, run } from "./processes";
import { stateVariables } from "./state";

/** The environment of every run of Pulumi: the state of the project, the tools of a set-up, and what holds for this run alone. */
export function pulumiEnvironment(ofThisRun: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  requireProject(stackFolder);
  return withTools({ ...process.env, ...stateVariables(process.env), ...ofThisRun });
}

/** Pulumi on one stack. */
export interface Pulumi {
  readonly stack: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs a command in the sight of the user; gives whether it succeeded. */
  act(command: string[], ...options: string[]): Promise<boolean>;
  /** Runs a command for what it prints; its errors are shown. */
  print(command: string[], ...options: string[]): Promise<{ ok: boolean; text: string }>;
  /** A setting of the stack that is no secret; undefined where it has none, or Pulumi knows no such stack. */
  setting(name: string): Promise<string | undefined>;
}

/** Runs Pulumi on a stack; what it says is shown as such, or beside the result of a command. */
export function pulumiOn(stack: string, environment: NodeJS.ProcessEnv, output: Output = "shown"): Pulumi {
  const start = (command: string[], options: string[], to: Output) =>
    run("pulumi", [...command, `--stack=${stack}`, ...options], environment, to);
  return {
    stack,
    environment,
    act: async (command, ...options) => (await start(command, options, output)).code === 0,
    print: async (command, ...options) => {
      const { code, text } = await start(command, options, "kept");
      return { ok: code === 0, text };
    },
    setting: (name) => readSetting(name, stack, environment),
  };
}

/** Most milliseconds for an answer from the stack's file. */
const soon = 60_000;

/** Whoever took no answer for none would go on with another engine than the stack's. */
function readSetting(
  name: string,
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const args = ["config", "--json", `--stack=${stack}`];
  const options = { cwd: stackFolder, env: environment, timeout: soon, maxBuffer: Infinity };
  return new Promise((resolve, reject) => {
    execFile("pulumi", args, options, (error, stdout, stderr) => {
      if (error === null) {
        const settings = JSON.parse(stdout) as Partial<Record<string, { value?: string }>>;
        resolve(settings[name]?.value);
      } else if (/no stack named/.test(stderr)) resolve(undefined);
      else
        reject(
          new Failure(`Pulumi cannot read ${name} of the stack ${stack}: ${stderr.trim() || error.message}`),
        );
    });
  });
}
