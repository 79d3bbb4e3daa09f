/** What `npm run up`, `preview` and `down` are told. */
export interface Arguments {
  command: Command;
  stack: string;
  /** Replica counts of this and later runs, `api=3,web=2`. */
  replicas: string | undefined;
  /** Settings of this run alone, each as `path=value`. */
  settings: string[];
  /** Go ahead without a question. */
  yes: boolean;
  /** Give the result as JSON on standard output. */
  json: boolean;
  /** Say in Markdown what would change, on standard output (preview). */
  markdown: boolean;
  /** Remove the data too (down). */
  volumes: boolean;
  secretsProvider: string | undefined;
  /** Options for Pulumi's own command, as they were written. */
  passedOn: string[];
}

/** What can be done with a stack. */
export type Command = "up" | "preview" | "down";

/** What is wrong with the arguments. */
export class ArgumentError extends Error {}

/** How to call the commands. */
export const usage = `Usage: npm run up | preview | down -- [options]
  up       deploys the stack, or updates it
  preview  shows what up would do
  down     removes what the stack deployed, but not its data
Options:
  --stack prod                  the stack; dev when left out
  --replicas api=3,worker=2     numbers of replicas, kept by later runs (up and preview)
  --set pools.api.port=4000     a setting for this run alone, as JSON or text; may be repeated (up and preview)
  --volumes                     removes the data too, for good; asks first, and --yes is the answer (down)
  --yes                         no preview and no question first; the same where there is no terminal
  --json                        the result as JSON on standard output, and all else on standard error
  --markdown                    what would change, in Markdown on standard output (preview)
  --secrets-provider <url>      what encrypts the secrets of a new stack, instead of a passphrase
Other options, such as --parallel 8 or --diff, are for Pulumi.`;

const commands: string[] = ["up", "preview", "down"] satisfies Command[];
const withValue = ["stack", "replicas", "set", "secrets-provider"];
const withoutValue = ["yes", "json", "markdown", "volumes"];
const shortNames: Partial<Record<string, string>> = { "-s": "--stack", "-y": "--yes", "-j": "--json" };

/** Reads the arguments; undefined when help is wanted. */
export function readArguments(args: string[]): Arguments | undefined {
  const [command, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) return undefined;
  if (command === undefined || !isCommand(command))
    throw new ArgumentError(
      `The command must be one of ${commands.join(", ")}, got ${command ?? "nothing"}.`,
    );
  const found = new Map<string, string[]>();
  const passedOn: string[] = [];
  while (rest.length > 0) {
    const argument = rest.shift() ?? "";
    const [, name = "", value] = /^--([\w-]+)(?:=(.*))?$/s.exec(shortNames[argument] ?? argument) ?? [];
    if (withoutValue.includes(name) && value === undefined) found.set(name, ["true"]);
    else if (withValue.includes(name)) {
      const given = value ?? rest.shift();
      if (given === undefined || given === "")
        throw new ArgumentError(`--${name} must have a value, got nothing.`);
      found.set(name, [...(found.get(name) ?? []), given]);
    } else passedOn.push(argument);
  }
  const read: Arguments = {
    command,
    stack: found.get("stack")?.at(-1) ?? "dev",
    replicas: found.get("replicas")?.join(","),
    settings: found.get("set") ?? [],
    yes: found.has("yes"),
    json: found.has("json"),
    markdown: found.has("markdown"),
    volumes: found.has("volumes"),
    secretsProvider: found.get("secrets-provider")?.at(-1),
    passedOn,
  };
  check(read);
  return read;
}

function check({ command, stack, replicas, settings, json, markdown, volumes }: Arguments): void {
  checkStack(stack);
  if (command === "down" && (replicas !== undefined || settings.length > 0))
    throw new ArgumentError("--replicas and --set are for up and preview: down removes all there is.");
  if (command !== "down" && volumes)
    throw new ArgumentError(`--volumes is for down: ${command} removes no data.`);
  if (markdown && command !== "preview")
    throw new ArgumentError(`--markdown is for preview: ${command} says what it does while it does it.`);
  if (markdown && json) throw new ArgumentError("--markdown and --json cannot be combined.");
  const unreadable = settings.find((setting) => !/^[^=\n]+=[^\n]*$/.test(setting));
  if (unreadable !== undefined)
    throw new ArgumentError(
      `--set must be path=value on one line, got ${JSON.stringify(unreadable.replace(/=.*/s, "=…"))}. Write it like pools.api.port=4000.`,
    );
}

/** Refuses what cannot be the name of a stack. */
export function checkStack(stack: string): void {
  if (!/^(?:[\w.-]+\/)*[\w.-]+$/.test(stack))
    throw new ArgumentError(`--stack must be the name of a stack, got ${JSON.stringify(stack)}.`);
}

function isCommand(text: string): text is Command {
  return commands.includes(text);
}
