import type { Command } from "./command";
import { exitCodes, Failure } from "./failure";
import { say } from "./processes";
import { readCall } from "./reading";

/** Does what these words say, and ends with its exit code. */
export function start(commands: Command[], words: string[]): void {
  run(commands, words).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const isOurs = error instanceof Failure;
      // Anything else is a fault of the program, which its place in the program helps to find.
      say(isOurs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
      process.exitCode = isOurs ? error.exitCode : exitCodes.failed;
    },
  );
}

async function run(commands: Command[], words: string[]): Promise<number> {
  const call = readCall(commands, words, process.env);
  if (typeof call === "string") {
    process.stdout.write(call);
    return exitCodes.done;
  }
  return call.command.run(call.given);
}
