#!/usr/bin/env node
// The commands of the package, in the folder where they are called, or in another one that the first words name.
import { createRequire } from "node:module";
import type * as commandsModule from "./commands";
import type * as startModule from "./start";

const words = process.argv.slice(2);
const [first = "", second] = words;
const [option, written] = /^(?:-C|--cwd)(?:=(.*))?$/.exec(first) ?? [];
const folder = written ?? second ?? "";

if (option === undefined) enter(words);
else if (folder === "") refuse("--cwd must have a value, got nothing. Write it like --cwd <folder>.");
else if (!goTo(folder)) refuse(`--cwd must be a folder that is there, got ${folder}.`);
else enter(words.slice(written === undefined ? 2 : 1));

/** Where the folder is settled: what is loaded looks at it at once. */
function enter(rest: string[]): void {
  const load = createRequire(__filename);
  const { commands } = load("./commands") as typeof commandsModule;
  const { start } = load("./start") as typeof startModule;
  start(commands, rest);
}

function goTo(path: string): boolean {
  try {
    process.chdir(path);
    return true;
  } catch {
    return false;
  }
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
