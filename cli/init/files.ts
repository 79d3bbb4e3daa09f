// The files of a project: what they say, and how they come beside what is there already, which is never overwritten.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { findPackage, projectFolder } from "../bare/machine.cjs";
import { readManifest } from "./look";

/** All that the files of a project depend on. */
export interface Plan {
  /** Folder of the project. */
  folder: string;
  name: string;
  stacks: string[];
  port: number;
  healthPath: string;
  /** Port of the host on which the stacks for development answer. */
  publish: number;
  /** Folder of the application as the project names it, or its image. */
  from: { context: string } | { image: string };
  /** File of variables as the project names it, for stacks other than those of production. */
  envFile: string | undefined;
}

/** A file, and what became of it. */
export interface Change {
  file: string;
  done: "written" | "added to" | "there already";
  what: string;
}

/** The stacks that people depend on. */
export const isProduction = (stack: string): boolean => /(?:^|[-.])prod(?:uction)?$/.test(stack);

/** Writes a file, unless it is there. */
export function write(folder: string, file: string, text: string, what: string): Change {
  const path = join(folder, file);
  if (existsSync(path)) return { file, done: "there already", what };
  writeFileSync(path, text);
  return { file, done: "written", what };
}

/** Adds those lines to a file that it does not have. */
export function addLines(folder: string, file: string, lines: string[]): Change {
  const path = join(folder, file);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const bare = (line: string) => line.trim().replace(/^\//, "").replace(/\/$/, "");
  const known = text.split(/\r?\n/).map(bare);
  const missing = lines.filter((line) => !known.includes(bare(line)));
  if (missing.length === 0) return { file, done: "there already", what: lines.join(", ") };
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  writeFileSync(path, `${text}${gap}${missing.join("\n")}\n`);
  return { file, done: text === "" ? "written" : "added to", what: missing.join(", ") };
}

/** Adds the packages that the program needs to package.json, or writes one. */
export function addPackages(folder: string, name: string): Change {
  const file = "package.json";
  const path = join(folder, file);
  const wanted = neededPackages();
  if (!existsSync(path))
    return write(
      folder,
      file,
      toJson({ name, private: true, dependencies: wanted }, 2),
      "the packages of the program",
    );
  const text = readFileSync(path, "utf8");
  const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  const { dependencies, devDependencies = {} } = manifest;
  const missing = Object.entries(wanted).filter(
    ([each]) => !(each in { ...dependencies, ...devDependencies }),
  );
  const what = missing.map(([each]) => each).join(", ");
  if (missing.length === 0) return { file, done: "there already", what: "the packages of the program" };
  // Among those for development: what deploys the application is no part of its image.
  const all = { ...devDependencies, ...Object.fromEntries(missing) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
  const [, indent = "  "] = /^\{\r?\n([ \t]+)/.exec(text) ?? [];
  writeFileSync(path, toJson({ ...manifest, devDependencies: sorted }, indent));
  return { file, done: "added to", what: `${what}, for development` };
}

function toJson(value: object, indent: string | number): string {
  return `${JSON.stringify(value, undefined, indent)}\n`;
}

/** Packages with their versions; Pulumi is named too, because its own program looks for it beside the user's. */
function neededPackages(): Record<string, string> {
  const {
    version = "*",
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = readManifest(projectFolder) ?? {};
  const peers = Object.entries(peerDependencies).filter(
    ([name]) => peerDependenciesMeta[name]?.optional !== true,
  );
  return { flotilla: findSource() ?? `^${version}`, ...Object.fromEntries(peers) };
}

/** Where this package came from, when that was no registry. */
export function findSource(): string | undefined {
  const installed = resolve(projectFolder, "../..");
  if (findPackage("flotilla", installed) !== projectFolder) return undefined;
  const [, path] = /^file:(.+)$/.exec(readManifest(installed)?.dependencies?.flotilla ?? "") ?? [];
  return path === undefined ? undefined : `file:${isAbsolute(path) ? path : resolve(installed, path)}`;
}

/** The program, in the form that files of JavaScript have in this folder. */
export function renderProgram(folder: string): string {
  const line =
    readManifest(folder)?.type === "module"
      ? 'export { default } from "flotilla/stack";'
      : 'module.exports = require("flotilla/stack");';
  return `// The program is Flotilla's: what it deploys stands in the file of each stack.\n${line}\n`;
}

/** Whether a file is such a program. */
export function isProgram(folder: string, file: string): boolean {
  const path = join(folder, file);
  return existsSync(path) && readFileSync(path, "utf8").includes('"flotilla/stack"');
}

/** The project, which starts the program itself: the package's own entry is the application's. */
export function renderProject(name: string, program: string): string {
  const description = `${name}, behind a balancer that loses no request`;
  return `${[
    `name: ${name}`,
    `description: ${description}`,
    ...["runtime:", "  name: nodejs", "  options:", "    typescript: false"],
    `main: ${program}`,
    "# What is on the engine says by its name whose it is.",
    ...["config:", "  pulumi:autonaming:", "    value:", "      providers:", "        docker:"],
    "          pattern: ${project}-${stack}-${name}-${alphanum(7)}",
  ].join("\n")}\n`;
}

/** A stack's file. */
export function renderStack(plan: Plan, stack: string): string {
  const { from, port, healthPath, envFile, publish } = plan;
  const isProd = isProduction(stack);
  const lines = [
    "# yaml-language-server: $schema=./node_modules/flotilla/stack.schema.json",
    "config:",
    "  flotilla:pools:",
    "    web:",
    "image" in from
      ? `      image: ${JSON.stringify(from.image)}`
      : `      build: { context: ${quote(from.context)} }`,
    `      port: ${port}`,
    ...(isProd ? ["      replicas: { initial: 2, min: 2, max: 10 }"] : []),
    ...(envFile === undefined || isProd ? [] : [`      envFile: ${quote(envFile)}`]),
    `      healthCheck: { path: ${quote(healthPath)} }`,
    `      limits: { ${isProd ? "cpus: 1, " : ""}memoryMiB: 512 }`,
    "  flotilla:balancer:",
    `    port: ${isProd ? 80 : publish}`,
    "    limits: { memoryMiB: 256 }",
  ];
  return `${lines.join("\n")}\n`;
}

/** A text of YAML: as it is where nothing in it has a meaning of its own. */
function quote(text: string): string {
  return /^[\w./-]*[\w/][\w./-]*$|^\.\.?$/.test(text) && !/^\d/.test(text) ? text : JSON.stringify(text);
}

/** The parts of the project that an image must not have, as its context names it; none when the project lies elsewhere. */
export function listLeftOut(
  { folder: project }: Plan,
  context: string,
  { program, hasOwnPackages }: { program: string; hasOwnPackages: boolean },
): string[] {
  const path = relative(context, project).replaceAll("\\", "/");
  if (path.startsWith("..") || isAbsolute(path)) return [];
  const within = (name: string) => (path === "" ? name : `${path}/${name}`);
  // The state has the passphrase, and changes with each deployment, as the settings may without a new version of the image.
  const written = hasOwnPackages ? [] : ["package.json", "package-lock.json", program];
  return [".pulumi-state", "node_modules", "Pulumi*.yaml", ...written].map(within);
}
