import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "./machine.cjs";
import { run, say } from "./processes";

const examples = join(projectFolder, "examples");
const commands: Partial<Record<string, string>> = {
  up: "flotilla",
  preview: "flotilla",
  down: "flotilla",
  backup: "backup",
  restore: "backup",
};

/** How to call the command. */
export const exampleUsage = `Usage: npm run example -- <name> [up | preview | down | backup | restore] [options]
  name      one of ${listExamples().join(", ")}
  command   up when left out; its options are those of npm run up, preview, down, backup and restore`;

/** An example, and what is to be done with it. */
export interface ExampleArguments {
  folder: string;
  /** Program of this folder that does it. */
  program: string;
  args: string[];
}

/** Reads the arguments; a text says what is wrong with them. */
export function readExampleArguments([name, ...rest]: string[]): ExampleArguments | string {
  if (name === undefined || !listExamples().includes(name))
    return `The example must be one of ${listExamples().join(", ")}, got ${name ?? "nothing"}.`;
  const [first = "up"] = rest;
  const isCommand = !first.startsWith("-");
  const command = isCommand ? first : "up";
  const { [command]: program } = commands;
  if (program === undefined)
    return `The command must be one of ${Object.keys(commands).join(", ")}, got ${command}.`;
  return { folder: join(examples, name), program, args: [command, ...(isCommand ? rest.slice(1) : rest)] };
}

/** The examples in TypeScript: those in other languages are started as their guide says. */
function listExamples(): string[] {
  return readdirSync(examples).filter((name) => existsSync(join(examples, name, "package.json")));
}

/** Lets an example import this package by its name, as if it had installed it. */
function linkPackage(folder: string): void {
  const link = join(folder, "node_modules", "flotilla");
  if (existsSync(link)) return;
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  // A link to where the project was before it was moved.
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(projectFolder, link, "junction");
}

async function main(): Promise<number> {
  const asked = readExampleArguments(process.argv.slice(2));
  if (typeof asked === "string") {
    say(`${asked}\n\n${exampleUsage}`);
    return 2;
  }
  linkPackage(asked.folder);
  if (!existsSync(join(projectFolder, "dist"))) await run("npm", ["run", "build"], process.env, "beside");
  const loader = join(projectFolder, "loader/register.cjs");
  const program = join(projectFolder, "ops", `${asked.program}.ts`);
  const environment = { ...process.env, FLOTILLA_PROJECT_FOLDER: asked.folder };
  const { code } = await run(process.execPath, ["--require", loader, program, ...asked.args], environment);
  return code;
}

if (require.main === module)
  void main().then((code) => {
    process.exitCode = code;
  });
