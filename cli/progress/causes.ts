import { relative, resolve, sep } from "node:path";
import { replicasVariable, settingsVariable } from "../../stack/variables";
import { stackFolder } from "../bare/machine.cjs";
import { joinReports } from "../../deploy/gate";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";

/** A run that may have failed. */
export interface Attempt {
  /** Name of our command. */
  command: string;
  stack: string;
  isInterrupted: boolean;
}

/** The words with which Pulumi ends when it has said why already. */
const empty = /^(?:error: )?(?:resource )?\S+ (?:failed|canceled)$/;

/** Why something failed, in the order in which it was said, once each. */
export function findCauses(errors: string[], attempt: Attempt): string[] {
  const said = errors
    .filter((error) => !empty.test(error))
    .map((error) => translateSettings(shortenProgram(withoutCommand(error)), attempt).trim())
    .filter((cause) => !attempt.isInterrupted || !cause.startsWith(cutShort));
  return joinReports([...new Set(said)]);
}

/** The words for a script that has not come to its end. */
const cutShort = "A step was cut short";

/** How a script was started helps nobody. */
function withoutCommand(error: string): string {
  return error
    .replace(/^error: /, "")
    .replace(/^exit status \d+: running ".*":\n+/, "")
    .replace(/^(signal: \w+): running ".*":\n*/, `${cutShort} ($1). `);
}

/** A program's exception in a line, and where it was thrown in a file of the project. */
function shortenProgram(error: string): string {
  const [, program = "", thrown = ""] =
    /^Running program '(.*)' failed with an unhandled exception:\n([^]*)$/.exec(error) ?? [];
  if (program === "") return error;
  const [message = ""] = thrown.split(/\n(?:Require stack:|\s+at )/);
  const place = findPlace(thrown);
  const said = message.replaceAll(`${stackFolder}${sep}`, "").trim();
  return `The program ${relative(stackFolder, resolve(program)) || program} fails: ${said}${place === undefined ? "" : `\n  in ${place}`}`;
}

function findPlace(thrown: string): string | undefined {
  for (const [, file = "", line = ""] of thrown.matchAll(
    /^\s+at .*?\(?((?:\/|[A-Za-z]:\\)[^():]*):(\d+):\d+\)?(?: \{)?$/gm,
  )) {
    const path = relative(stackFolder, file);
    if (path.startsWith("..") || /(?:^|[\\/])(?:node_modules|loader)[\\/]/.test(path)) continue;
    // The lines of a program in TypeScript are those of what was made of it.
    return /\.[cm]?ts$/.test(path) ? path : `${path}:${line}`;
  }
  return undefined;
}

/** The program knows what it was told by its variables, and the user by what was written. */
function translateSettings(error: string, { command }: Attempt): string {
  const counts = command === "scale" ? "" : "--replicas ";
  return error
    .replaceAll(`${settingsVariable}.`, "--set ")
    .replaceAll(settingsVariable, "--set")
    .replaceAll(`${replicasVariable}.`, counts)
    .replaceAll(replicasVariable, command === "scale" ? "The counts" : "--replicas")
    .replace(/^The configuration of stack \S+: (?=The counts )/, "");
}

/** Whether the program refused what it was told on the command line, and nothing else. */
export function isMisuse(errors: string[]): boolean {
  const causes = errors.filter((error) => !empty.test(error));
  return (
    causes.length > 0 &&
    causes.every((error) => error.includes(replicasVariable) || error.includes(settingsVariable))
  );
}

/** The command that mends it, where it is known and the cause does not say it. */
export function findRemedy(causes: string[], { command, stack, isInterrupted }: Attempt): string | undefined {
  const options = ofStack(stack);
  const again = describeCall(command === "down" ? "down" : "up", ...options);
  if (isInterrupted) return `Go on: ${again}`;
  const text = causes.join("\n");
  const [, replica] = /^The replica (\S+) \(container/m.exec(text) ?? [];
  if (replica !== undefined)
    return `Its whole log: ${describeCall("logs", ...options, replica)}\nPut it right, then: ${again}`;
  return undefined;
}
