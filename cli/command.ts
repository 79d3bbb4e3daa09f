import { Misuse } from "./failure";
import { suggestNearest } from "./slip";

/** A value that a command is given: behind an option, or by its position. */
interface Part<Value> {
  help: string;
  /** The value where it is left out. */
  initial: Value;
  /** Makes a value of what is written at a place, where another may have been written before. */
  read(text: string, place: string, before: Value): Value;
}

/** An option, by its name in the letters of a program: `secretsProvider` is `--secrets-provider`. */
export interface Option<Value = unknown> extends Part<Value> {
  /** A letter that stands for it. */
  short?: string;
  /** Name of its value; none for one that is there or not. */
  value?: string;
}

/** A value by its position. */
export interface Argument<Value = unknown> extends Part<Value> {
  need: "required" | "optional" | "rest";
  /** The only values that it may have. */
  names?: () => string[];
}

/** A command, as users call it and as it runs. */
export interface Command {
  name: string;
  /** Its work, as a part of a sentence. */
  summary: string;
  /** In the order of their positions. */
  arguments?: Record<string, Argument> | undefined;
  options?: Record<string, Option> | undefined;
  /** Who takes the options that the command does not know, and some of these; behind its first argument, it takes all. */
  passesOn?: { to: string; options: string[]; behindArgument?: boolean };
  /** Calls, and what each does. */
  examples: [call: string, does: string][];
  /** Refuses what cannot be told together. */
  check?(given: Given): void;
  /** Does it, and gives the exit code. */
  run(given: Given): Promise<number>;
}

/** All that a command is given: each argument and option by its name, and the words for another program. */
export type Given = Record<string, unknown> & { passedOn: string[] };

type Values<Parts> = Parts extends undefined
  ? unknown
  : { [Name in keyof Parts]: Parts[Name] extends Part<infer Value> ? Value : never };

/** Makes a command whose `check` and `run` know what they are given by what it declares. */
export function defineCommand<
  Arguments extends Record<string, Argument> | undefined = undefined,
  Options extends Record<string, Option> | undefined = undefined,
>(
  command: Omit<Command, "arguments" | "options" | "check" | "run"> & {
    arguments?: Arguments;
    options?: Options;
    check?(given: Values<Arguments> & Values<Options> & { passedOn: string[] }): void;
    run(given: Values<Arguments> & Values<Options> & { passedOn: string[] }): Promise<number>;
  },
): Command {
  return command;
}

/** An option that is there or not. */
export function flag(help: string, short?: string): Option<boolean> {
  return { help, initial: false, read: () => true, ...(short === undefined ? {} : { short }) };
}

/** An option with a text; where it is written several times, the last counts. */
export function text<Initial extends string | undefined>(
  value: string,
  help: string,
  initial: Initial,
  { short, check }: { short?: string; check?: (text: string, place: string) => void } = {},
): Option<string | Initial> {
  const read = (written: string, place: string) => {
    check?.(written, place);
    return written;
  };
  return { value, help, initial, read, ...(short === undefined ? {} : { short }) };
}

/** An option with a text that may be written several times. */
export function texts(
  value: string,
  help: string,
  check: (text: string, place: string) => void = () => undefined,
): Option<string[]> {
  return {
    ...{ value, help, initial: [] },
    read: (written, place, before) => {
      check(written, place);
      return [...before, written];
    },
  };
}

/** An option with a number. */
export function number<Initial extends number | undefined>(
  value: string,
  help: string,
  initial: Initial,
  { least, most, isWhole = true }: { least: number; most: number; isWhole?: boolean },
): Option<number | Initial> {
  return {
    ...{ value, help, initial },
    read: (written, place) => {
      const read = /^\d+(?:\.\d+)?$/.test(written) ? Number(written) : NaN;
      if (read >= least && read <= most && (Number.isInteger(read) || !isWhole)) return read;
      const kind = isWhole ? "a whole number" : "a number";
      throw new Misuse(`${place} must be ${kind} from ${least} to ${most}, got ${written}.`);
    },
  };
}

/** A check that what is written is one of some names. */
export function oneOf(names: () => string[]): (text: string, place: string) => void {
  return (written, place) => {
    if (!names().includes(written)) throw new Misuse(describeStray(written, place, names()));
  };
}

/** Says that something is none of the names that it must be one of. */
export function describeStray(written: string, place: string, names: string[]): string {
  return `${place} must be one of ${names.join(", ")}, got ${written}.${suggestNearest(written, names)}`;
}

/** An argument that must be there. */
export function required(help: string, names?: () => string[]): Argument<string> {
  return { need: "required", help, initial: "", ...named(names) };
}

/** An argument that may be left out. */
export function optional<Initial extends string | undefined>(
  help: string,
  initial: Initial,
  names?: () => string[],
): Argument<string | Initial> {
  return { need: "optional", help, initial, ...named(names) };
}

/** All arguments from here on. */
export function rest(help: string, names?: () => string[]): Argument<string[]> {
  const { read, ...others } = named(names);
  return {
    ...{ need: "rest", help, initial: [], ...others },
    read: (written, place, before) => [...before, read(written, place)],
  };
}

function named(names: (() => string[]) | undefined) {
  const read = (written: string, place: string): string => {
    if (names !== undefined) oneOf(names)(written, place);
    return written;
  };
  return { read, ...(names === undefined ? {} : { names }) };
}
