import { isInstalled } from "./bare/machine.cjs";
import { adaptCall } from "./call";
import type { Argument, Command, Option } from "./command";
import { exitMeanings } from "./failure";

/** A name of the program, as it is written on the command line. */
export function nameOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The options of a command as they are written, without their values. */
export function listFlags({ options = {} }: Command): string[] {
  return Object.keys(options).map((key) => `--${nameOf(key)}`);
}

/** An option with its letter and its value. */
export function optionTerm(key: string, { short, value }: Option): string {
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}--${nameOf(key)}${value === undefined ? "" : ` <${value}>`}`;
}

/** An argument, with the signs that say whether it must be there. */
export function argumentTerm(key: string, { need }: Argument): string {
  const name = nameOf(key);
  return { required: `<${name}>`, optional: `[${name}]`, rest: `[${name}...]` }[need];
}

/** How the arguments and options of a command follow each other. */
export function describeUsage({ arguments: parts = {}, options = {} }: Command): string {
  const terms = Object.entries(parts).map(([key, argument]) => argumentTerm(key, argument));
  return [...terms, ...(Object.keys(options).length > 0 ? ["[options]"] : [])].join(" ");
}

/** The work of a command, as a sentence. */
export function describeSummary({ summary }: Command): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

/** Whose the options are that a command does not know itself. */
export function describePassedOn({ passesOn }: Command): string[] {
  if (passesOn === undefined || passesOn.behindArgument === true) return [];
  return [`Other options are for ${passesOn.to}, such as ${passesOn.options.join(" or ")}.`];
}

/** The values that an argument may have, where they are few. */
export function describeNames([key, { names }]: [string, Argument]): string[] {
  return names === undefined ? [] : [`The ${nameOf(key)} is one of ${names().join(", ")}.`];
}

/** Whose project it is that the commands are for, where that can be told. */
export function describeFolder(): string[] {
  if (!isInstalled) return [];
  return [
    "",
    "They are for the project of the folder that they are called in, or of one above it;",
    "npx flotilla --cwd <folder> <command> is for that of another one.",
  ];
}

/** The meaning of the exit codes. */
export function describeExits(): string {
  return ["", "Exit codes:", ...exitMeanings.map(([code, meaning]) => `  ${code}  ${meaning}`)].join("\n");
}

/** The text below the options in a command's help. */
export function describeEnd(command: Command): string {
  const remarks = [
    ...Object.entries(command.arguments ?? {}).flatMap(describeNames),
    ...describePassedOn(command),
  ];
  return [
    ...(remarks.length === 0 ? [] : ["", ...remarks]),
    ...["", "Examples:"],
    ...command.examples.flatMap(([call, does]) => [`  ${adaptCall(call)}`, `      ${does}`]),
  ].join("\n");
}
