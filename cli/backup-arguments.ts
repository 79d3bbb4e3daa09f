import { parseArgs } from "node:util";
import { ArgumentError, checkStack } from "./arguments";

/** What `npm run backup` and `npm run restore` are told. */
export interface BackupArguments {
  command: "backup" | "restore" | "list";
  stack: string;
  /** Name of the datastore. */
  store: string;
  /** Id of the backup to restore, or `latest`. */
  id: string;
  /** Go ahead without a question. */
  yes: boolean;
  /** Give the result as JSON on standard output. */
  json: boolean;
}

/** How to call the commands. */
export const backupUsage = `Usage: npm run backup -- <datastore> [--list] [options]
       npm run restore -- <datastore> [<id>|latest] [options]
  backup   makes a backup now; with --list it shows those that there are
  restore  puts a backup in the place of what is in the datastore; the latest when left out
Options:
  --stack prod   the stack; dev when left out
  --yes          no question before a restore
  --json         the result as JSON on standard output, and all else on standard error`;

/** Reads the arguments; undefined when help is wanted. */
export function readBackupArguments([command, ...rest]: string[]): BackupArguments | undefined {
  const { values, positionals } = parse(rest);
  if (values.help === true) return undefined;
  const [store, id, ...more] = positionals;
  const isRestore = command === "restore";
  if (command !== "backup" && !isRestore)
    throw new ArgumentError(`The command must be backup or restore, got ${command ?? "nothing"}.`);
  if (store === undefined) throw new ArgumentError("The name of a datastore must be given, got nothing.");
  const excess = isRestore ? more : [...(id === undefined ? [] : [id]), ...more];
  if (excess.length > 0) throw new ArgumentError(`There is no use for ${excess.join(" ")}.`);
  const { list = false, yes = false, json = false, stack = "dev" } = values;
  if (isRestore && list) throw new ArgumentError("--list is for backup.");
  checkStack(stack);
  return { command: list ? "list" : command, stack, store, id: id ?? "latest", yes, json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        stack: { type: "string", short: "s" },
        list: { type: "boolean" },
        yes: { type: "boolean", short: "y" },
        json: { type: "boolean", short: "j" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}
