import { Argument, Command as Declaration, CommanderError, Option } from "commander";
import { describeCall } from "./call";
import type { Command, Given } from "./command";
import { Misuse } from "./failure";
import { describeError, describeMissingValue, refuseKeptByNpm, refuseStrays } from "./stray";
import {
  argumentTerm,
  describeEnd,
  describeExits,
  describeFolder,
  describeSummary,
  describeUsage,
  listFlags,
  nameOf,
  optionTerm,
} from "./usage";

/** A command with what it is told. */
export interface Call {
  command: Command;
  given: Given;
}

/** Reads what a user wrote; gives a text where help is wanted. */
export function readCall(
  commands: Command[],
  words: string[],
  environment: NodeJS.ProcessEnv = {},
): Call | string {
  let call: Call | undefined;
  let help = "";
  const program = new Declaration("flotilla")
    .usage("<command> [options]")
    .helpOption("-h, --help", "says this")
    .helpCommand(false)
    .addHelpText("after", [...describeFolder(), describeExits()].join("\n"))
    .showSuggestionAfterError(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => (help += text), writeErr: () => undefined })
    .configureHelp({
      helpWidth: 110,
      commandUsage: (declared) => describeCall(declared.name(), declared.usage()),
      subcommandTerm: (declared) => declared.name(),
      // Without what Commander would add: our texts say what holds when one is left out.
      optionDescription: (option) => option.description,
      argumentDescription: (argument) => argument.description,
    });
  for (const command of commands)
    declare(program, command, (given, excess) => {
      refuseKeptByNpm(command, environment);
      refuseStrays(command, given, excess, commands);
      command.check?.(given);
      call = { command, given };
    });
  try {
    if (words.length === 0) program.outputHelp();
    else program.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code !== "commander.helpDisplayed")
      throw new Misuse(describeError(error, commands, words[0] ?? ""));
  }
  return call ?? help;
}

/** Tells Commander of a command; `take` gets what it is told, and what is left. */
function declare(
  program: Declaration,
  command: Command,
  take: (given: Given, excess: string[]) => void,
): void {
  const { name, arguments: parts = {}, passesOn } = command;
  const declared = program
    .command(name)
    .summary(command.summary)
    .description(describeSummary(command))
    .usage(describeUsage(command))
    .allowExcessArguments()
    .allowUnknownOption(passesOn !== undefined)
    .passThroughOptions(passesOn?.behindArgument === true)
    .addHelpText("after", () => describeEnd(command));
  for (const option of declareOptions(command)) declared.addOption(option);
  const names = Object.keys(parts);
  for (const [key, argument] of Object.entries(parts))
    declared.addArgument(
      new Argument(argumentTerm(key, argument), argument.help)
        .default(argument.initial)
        .argParser((text, before) => argument.read(text, `The ${nameOf(key)}`, before)),
    );
  declared.action(() => {
    const values = Object.fromEntries(names.map((key, at) => [key, declared.processedArgs[at] as unknown]));
    const takesRest = Object.values(parts).some(({ need }) => need === "rest");
    const left = takesRest ? [] : declared.args.slice(names.length);
    // Words before the first option are nobody's; from there on, they may be an option's values.
    const first = left.findIndex((word) => word.startsWith("-"));
    const at = first === -1 ? left.length : first;
    take({ ...declared.opts(), ...values, passedOn: left.slice(at) }, left.slice(0, at));
  });
}

function declareOptions(command: Command): Option[] {
  const flags = listFlags(command);
  return Object.entries(command.options ?? {}).map(([key, option]) => {
    const term = optionTerm(key, option);
    const declared = new Option(term, option.help).default(option.initial);
    if (option.value === undefined) return declared;
    return declared.argParser((text, before) => {
      if (text === "" || flags.includes(text))
        throw new Misuse(describeMissingValue(term, text === "" ? "nothing" : `the option ${text}`));
      return option.read(text, `--${nameOf(key)}`, before);
    });
  });
}
