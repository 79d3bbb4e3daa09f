import type { CommanderError } from "commander";
import { describeCall } from "./call";
import type { Command, Given } from "./command";
import { Misuse } from "./failure";
import { suggestNearest } from "./slip";
import { listFlags } from "./usage";

/** Refuses what a command has no use for, and what is meant for it but would go to another program. */
export function refuseStrays(
  command: Command,
  { passedOn }: Given,
  excess: string[],
  commands: Command[],
): void {
  const { name, passesOn } = command;
  if (excess.length > 0) throw new Misuse(`There is no use for ${excess.join(" ")}. ${describeHelp(name)}`);
  const own = listFlags(command);
  const others = commands.filter((other) => other !== command && other.passesOn?.to === passesOn?.to);
  for (const word of passedOn) {
    const [written = ""] = /^--[\w-]+/.exec(word) ?? [];
    if (own.includes(written)) throw new Misuse(`${written} must have no value, got ${word}.`);
    const nearest = suggestNearest(written, own);
    if (nearest !== "") throw new Misuse(`There is no option ${written} of ${name}.${nearest}`);
    const owners = others.filter((other) => listFlags(other).includes(written)).map((other) => other.name);
    if (owners.length > 0)
      throw new Misuse(`There is no option ${written} of ${name}: it is for ${owners.join(" and ")}.`);
  }
}

/** Options that npm has too, whose values in the environment are its own. */
const ofNpm = ["--json", "--yes", "--shell"];

/** Refuses to run without an option that stood before `--`: npm keeps it to itself, and says so in the environment alone. */
export function refuseKeptByNpm(command: Command, environment: NodeJS.ProcessEnv): void {
  const kept = listFlags(command).filter((option) => {
    const variable = `npm_config_${option.slice(2).replaceAll("-", "_")}`;
    return !ofNpm.includes(option) && (environment[variable] ?? "") !== "";
  });
  if (kept.length > 0)
    throw new Misuse(
      `${kept.join(" and ")} must stand behind --, or npm keeps it to itself. Write it like ${describeCall(command.name, ...kept, "…")}`,
    );
}

/** Says in our words why Commander refuses; `name` is that of the command. */
export function describeError({ code, message }: CommanderError, commands: Command[], name: string): string {
  const [, word = ""] = /'(.*?)'/.exec(message) ?? [];
  const command = commands.find((each) => each.name === name);
  const help = describeHelp(command?.name ?? "flotilla");
  // Commander's own nearest is too far: restore for destroy.
  const remedy = (words: string[]): string => suggestNearest(word, words) || ` ${help}`;
  switch (code) {
    case "commander.unknownCommand":
      return `There is no command ${word}.${remedy(commands.map((each) => each.name))}`;
    case "commander.unknownOption":
      return command === undefined
        ? `There must be a command before ${word}. ${help}`
        : `There is no option ${word} of ${name}.${remedy(listFlags(command))}`;
    case "commander.missingArgument":
      return `The ${word} must be ${describeNames(command?.arguments?.[word]?.names)}, got nothing. ${help}`;
    case "commander.optionMissingArgument":
      return describeMissingValue(word, "nothing");
    default:
      return message.replace(/^error: /, "");
  }
}

/** An option, as `optionTerm` has it, that lacks its value. */
export function describeMissingValue(term: string, got: string): string {
  const [written = term] = /--.*/.exec(term) ?? [];
  return `${written.replace(/ .*/, "")} must have a value, got ${got}. Write it like ${written}.`;
}

function describeHelp(name: string): string {
  return `${describeCall(name, "--help")} says what there is.`;
}

function describeNames(names: (() => string[]) | undefined): string {
  return names === undefined ? "given" : `one of ${names().join(", ")}`;
}
