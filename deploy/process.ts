import { readFileSync } from "node:fs";
import { connect, type Engine, Failure } from "../engine/client";

/** The values given to a script, by the environment. */
export function readTask(): unknown {
  return JSON.parse(process.env.FLOTILLA_TASK ?? "{}");
}

/** The values given to a script that may be too long for the environment, on its standard input. */
export function readInput(): unknown {
  return JSON.parse(readFileSync(0, "utf8"));
}

/** What the same command printed before, as JSON; undefined the first time. */
export function readBefore(): unknown {
  return JSON.parse(process.env.PULUMI_COMMAND_STDOUT || "null") ?? undefined;
}

/** Runs a script's work on the engine of its environment; a failure ends the process with its message on stderr. */
export async function perform(work: (engine: Engine) => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work(connect())}\n`);
  } catch (error) {
    const text =
      error instanceof Failure
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    // What it still waits for must not hold up the deployment.
    process.stderr.write(`${text}\n`, () => process.exit(1));
  }
}

/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
