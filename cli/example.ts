import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { examplesFolder, listExamples } from "./bare/examples.cjs";
import { projectFolder } from "./bare/machine.cjs";
import { run, say } from "./processes";

/** The programs of this folder, by the commands that they do. */
export const programs = {
  up: "flotilla",
  preview: "flotilla",
  down: "flotilla",
  backup: "backup",
  restore: "backup",
};

/** What can be done with an example. */
export type ExampleCommand = keyof typeof programs;

const isCommand = (word: string): word is ExampleCommand => Object.hasOwn(programs, word);

/** How to call the command. */
export const exampleUsage = `Usage: npm run example -- <name> [up | preview | down | backup | restore] [options]
  name      one of ${listExamples().join(", ")}
  command   up when left out; its options are those of npm run up, preview, down, backup and restore
            --replicas api=3 is written into the stack's file, where later runs find it`;

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
  const isNamed = !first.startsWith("-");
  const command = isNamed ? first : "up";
  if (!isCommand(command))
    return `The command must be one of ${Object.keys(programs).join(", ")}, got ${command}.`;
  const folder = join(examplesFolder, name);
  const options = setReplicas(name, folder, isNamed ? rest.slice(1) : rest);
  const { [command]: program } = programs;
  return typeof options === "string" ? options : { folder, program, args: [command, ...options] };
}

/** Makes settings of the numbers of replicas, by the names that the example's stacks have for them. */
function setReplicas(name: string, folder: string, options: string[]): string[] | string {
  const at = options.findIndex((option) => /^--replicas(?:=|$)/.test(option));
  const [first, second] = options.slice(at, at + 2);
  if (at === -1 || first === undefined) return options;
  const isSeparate = first === "--replicas";
  const text = isSeparate ? (second ?? "") : first.slice("--replicas=".length);
  const known = listReplicaSettings(name, folder);
  const settings: string[] = [];
  for (const part of text.split(",")) {
    const [, pool = "", count = ""] = /^([\w-]+)=(\d+)$/.exec(part) ?? [];
    const key = [`${name}:${pool}Replicas`, `${name}:replicas`].find((each) => known.has(each));
    if (count === "" || key === undefined)
      return `--replicas must be like ${hint(name, known)}, got ${text}.`;
    settings.push("--config", `${key}=${count}`);
  }
  return [...options.slice(0, at), ...settings, ...options.slice(at + (isSeparate ? 2 : 1))];
}

function listReplicaSettings(name: string, folder: string): Set<string> {
  const files = readdirSync(folder).filter((file) => /^Pulumi\.[\w-]+\.yaml$/.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
  const setting = new RegExp(`\\b${name}:(?:\\w+R|r)eplicas\\b`, "g");
  return new Set(texts.flatMap((text) => text.match(setting) ?? []));
}

function hint(name: string, known: Set<string>): string {
  return [...known]
    .map((key) => `${key.slice(name.length + 1).replace(/replicas$/i, "") || "app"}=3`)
    .join(",");
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
  const program = join(projectFolder, "cli", `${asked.program}.ts`);
  const environment = { ...process.env, FLOTILLA_PROJECT_FOLDER: asked.folder };
  const { code } = await run(process.execPath, ["--require", loader, program, ...asked.args], environment);
  return code;
}

if (require.main === module)
  void main().then((code) => {
    process.exitCode = code;
  });
