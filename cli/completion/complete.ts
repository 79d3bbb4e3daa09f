import type { Argument, Command } from "../command";
import { listFlags, nameOf } from "../usage";

/** A word that may stand at a place, and what it means. */
export interface Candidate {
  value: string;
  text: string;
}

/** The things of a stack, by name. */
export interface Names {
  stacks: () => string[];
  pools: (stack: string) => string[];
  stores: (stack: string) => string[];
  /** Replicas, servers and others that run. */
  parts: (stack: string) => Promise<string[]>;
}

/** Completes the last of some words behind the program's name. */
export async function complete(commands: Command[], words: string[], names: Names): Promise<Candidate[]> {
  const { known, current } = splitWords(words);
  const fit = (candidates: Candidate[]): Candidate[] =>
    candidates.filter(({ value }) => value.startsWith(current) && value !== current);
  const [name, ...told] = known;
  const command = commands.find((each) => each.name === name);
  if (name === undefined) return fit(commands.map(({ name: value, summary }) => ({ value, text: summary })));
  // What stands behind -- is for another program.
  if (command === undefined || told.includes("--")) return [];
  const stack = findStack(told);
  const last = told.at(-1) ?? "";
  const option = findOption(command, last);
  if (option !== undefined) return fit(listValues(option, names, stack));
  const [, flag, value] = /^(--[\w-]+=)(.*)$/s.exec(current) ?? [];
  if (flag !== undefined && value !== undefined) {
    const named = findOption(command, flag.slice(0, -1));
    const values = named === undefined ? [] : listValues(named, names, stack);
    return fit(values.map((each) => ({ ...each, value: `${flag}${each.value}` })));
  }
  if (current.startsWith("-")) return fit(listOptions(command, told));
  const argument = findArgument(command, told);
  return argument === undefined ? [] : fit(await listWords(argument, names, stack));
}

/** The words before the one at the cursor, and that one; shells that take words apart at = give them so. */
function splitWords(words: string[]): { known: string[]; current: string } {
  const joined: string[] = [];
  let isOpen = false;
  for (const word of words) {
    if (word === "=" && joined.length > 0) joined.push(`${joined.pop() ?? ""}=`);
    else if (isOpen) joined.push(`${joined.pop() ?? ""}${word}`);
    else joined.push(word);
    isOpen = word === "=";
  }
  return { known: joined.slice(0, -1), current: (joined.at(-1) ?? "").trim() };
}

function findStack(told: string[]): string {
  const at = told.findIndex((word) => word === "--stack" || word === "-s");
  const inline = told.flatMap((word) => /^--stack=(.+)$/.exec(word)?.slice(1) ?? []);
  return inline[0] ?? (at === -1 ? "dev" : (told[at + 1] ?? "dev"));
}

/** Key of the option with a value that a word is. */
function findOption({ options = {} }: Command, word: string): string | undefined {
  return Object.keys(options).find((key) => {
    const { value, short = "" } = options[key] ?? {};
    return value !== undefined && (word === `--${nameOf(key)}` || (short !== "" && word === `-${short}`));
  });
}

function listOptions(command: Command, told: string[]): Candidate[] {
  const { options = {} } = command;
  const once = Object.keys(options).filter(
    (key) => Array.isArray(options[key]?.initial) || !told.includes(`--${nameOf(key)}`),
  );
  return [
    ...once.map((key) => ({ value: `--${nameOf(key)}`, text: options[key]?.help ?? "" })),
    { value: "--help", text: "says this" },
  ].filter(({ value }) => value === "--help" || listFlags(command).includes(value));
}

/** The argument that stands behind these words. */
function findArgument(command: Command, told: string[]): [key: string, argument: Argument] | undefined {
  const positions = told.filter(
    (word, index) => !word.startsWith("-") && findOption(command, told[index - 1] ?? "") === undefined,
  ).length;
  const all = Object.entries(command.arguments ?? {});
  return all[positions] ?? all.find(([, { need }]) => need === "rest");
}

function plain(values: string[], text = ""): Candidate[] {
  return values.map((value) => ({ value, text }));
}

/** Pools with what follows them: api=. */
function withSign(values: string[]): Candidate[] {
  return plain(values.map((value) => `${value}=`));
}

function listValues(key: string, names: Names, stack: string): Candidate[] {
  if (key === "stack") return plain(names.stacks());
  return key === "image" || key === "replicas" ? withSign(names.pools(stack)) : [];
}

async function listWords(
  [key, { names: own }]: [key: string, argument: Argument],
  names: Names,
  stack: string,
): Promise<Candidate[]> {
  if (own !== undefined) return plain(own());
  if (key === "counts") return withSign(names.pools(stack));
  if (key === "pool" || key === "pools") return plain(names.pools(stack), "pool");
  if (key === "datastore") return plain(names.stores(stack), "datastore");
  if (key !== "part" && key !== "parts") return [];
  const pools = names.pools(stack);
  const others = (await names.parts(stack)).filter((each) => !pools.includes(each));
  return [...plain(pools, "pool"), ...plain(others)];
}
