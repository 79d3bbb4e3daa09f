import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { examplesFolder } from "./bare/examples.cjs";
import { projectFolder } from "./bare/machine.cjs";
import { oneOf } from "./command";
import { exitCodes, Failure } from "./failure";
import { run } from "./processes";

/** A command for an example. */
export interface ExampleCall {
  /** The example's own project. */
  folder: string;
  /** The command and what it is told. */
  words: string[];
}

/** Reads what is to be done with an example: one of these commands, `up` when none is named. */
export function readExample(name: string, words: string[], commands: string[]): ExampleCall {
  const [first = ""] = words;
  const isNamed = first !== "" && !first.startsWith("-");
  if (isNamed) oneOf(() => commands)(first, "The command");
  return { folder: join(examplesFolder, name), words: isNamed ? words : ["up", ...words] };
}

/** Lets an example import this package by its name, as if it had installed it. */
export async function providePackage(folder: string): Promise<void> {
  linkPackage(folder);
  if (existsSync(join(projectFolder, "dist"))) return;
  const { code } = await run("npm", ["--prefix", projectFolder, "run", "build"], process.env, "beside");
  if (code !== exitCodes.done)
    throw new Failure("The package that examples import cannot be built: see above.");
}

function linkPackage(folder: string): void {
  const link = join(folder, "node_modules", "flotilla");
  if (existsSync(link)) return;
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  // A link to where the project was before it was moved.
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(projectFolder, link, "junction");
}
