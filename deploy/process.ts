import { readFileSync } from "node:fs";
import { connect, type Engine, Failure } from "../engine/client";
import type { FunctionName, ScriptName, Scripts } from "./tasks";

/** Values that a command gives a function: those of its contract, and what the same command printed before. */
type Given<Contract> = Omit<Contract, "prints"> & {
  /** Undefined the first time. */
  before: Contract extends { prints: infer Printed } ? Printed | undefined : undefined;
};

/** Each is read when it is asked for. */
const given = {
  get task(): unknown {
    return JSON.parse(process.env.FLOTILLA_TASK ?? "{}") as unknown;
  },
  /** On the standard input is what may be too long for the environment. */
  get input(): unknown {
    return JSON.parse(readFileSync(0, "utf8")) as unknown;
  },
  get environment(): unknown {
    return process.env;
  },
  get before(): unknown {
    return process.env.PULUMI_COMMAND_STDOUT || undefined;
  },
};

/** A script: it has each function of its contract, and no other. */
type Script<Name extends ScriptName> = {
  [Each in FunctionName<Name>]: (given: Given<Scripts[Name][Each]>) => Promise<void> | void;
};

/** Makes functions of a script what a command calls, which gives nothing but by the process. */
export function defineScript<Name extends ScriptName>(
  script: Script<Name>,
): Record<FunctionName<Name>, () => void> {
  const functions = Object.entries(script as Record<string, (values: unknown) => Promise<void> | void>);
  const callable = functions.map(([name, run]) => [name, () => void run(given)]);
  return Object.fromEntries(callable) as Record<FunctionName<Name>, () => void>;
}

/** A function that does something on the engine of its environment, and prints what it did. */
export function onEngine<Values>(
  work: (engine: Engine, given: Values) => Promise<string>,
): (given: Values) => Promise<void> {
  return async (values) => {
    try {
      process.stdout.write(`${await work(connect(), values)}\n`);
    } catch (error) {
      // What it still waits for must not hold up the deployment.
      process.stderr.write(`${explain(error)}\n`, () => process.exit(1));
    }
  };
}

/** A failure is told to the user by its message alone. */
function explain(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A function that prints a text for the component that made the command. */
export function printing<Values extends { before: string | undefined }>(
  make: (given: Values) => NonNullable<Values["before"]>,
): (given: Values) => void {
  return (values) => {
    process.stdout.write(make(values));
  };
}

/** Prints a line at once, which a user sees while the function goes on. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
