import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { examplesFolder } from "./bare/examples.cjs";
import { projectFolder } from "./bare/machine.cjs";
import { oneOf } from "./command";
import { Misuse } from "./failure";

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
  const command = isNamed ? first : "up";
  oneOf(() => commands)(command, "The command");
  const folder = join(examplesFolder, name);
  return { folder, words: [command, ...setReplicas(name, folder, isNamed ? words.slice(1) : words)] };
}

/** Makes settings of the numbers of replicas, by the names that the example's stacks have for them. */
function setReplicas(name: string, folder: string, options: string[]): string[] {
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
      throw new Misuse(`--replicas must be like ${hint(name, known)}, got ${text || "nothing"}.`);
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
export function linkPackage(folder: string): void {
  const link = join(folder, "node_modules", "flotilla");
  if (existsSync(link)) return;
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  // A link to where the project was before it was moved.
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(projectFolder, link, "junction");
}
