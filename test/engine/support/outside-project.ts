import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { findFreePort } from "./ports";
import { start, type Running } from "./processes";
import { type PulumiRun, toRun } from "./pulumi-run";
import { makeEnvironment, quiet, removeEverything, unattended } from "./workspace";

const root = resolve(__dirname, "../../..");

interface Manifest {
  devDependencies: Record<string, string>;
}

/** What somebody else's project starts with. */
export interface OutsideOptions {
  /** Name of the project, and start of its stack's name. */
  name: string;
  /** Folder whose files it has. Defaults to none. */
  from?: string;
  /** Its files but package.json, by name. Defaults to none. */
  files?: Record<string, string>;
  /** Stack whose settings its own starts with. Defaults to none. */
  settingsOf?: string;
  /** What its package.json says besides the name. */
  manifest?: Record<string, unknown>;
  /** Packages that it installs besides Flotilla. */
  packages?: string[];
  /** Where it finds stacks of other projects; by default nowhere. */
  beside?: OutsideProject;
}

/** A Pulumi project of somebody else, who has this package and nothing else of this repository. */
export interface OutsideProject {
  folder: string;
  stack: string;
  /** Value of the label `flotilla.stack`. */
  label: string;
  port: number;
  url: string;
  /** Folder of the state. */
  state: string;
  configure: (settings: Record<string, string>) => Promise<void>;
  up: () => Promise<PulumiRun>;
  /** An `up` that is left running. */
  startUp: () => Running;
  /** An `up` that must succeed: where it fails, what Pulumi said is the error. */
  deploy: () => Promise<PulumiRun>;
  preview: () => Promise<PulumiRun>;
  outputs: () => Promise<Record<string, unknown>>;
  /** Runs a program in the project's folder; gives what it printed, or fails. */
  run: (command: string, ...args: string[]) => Promise<string>;
  /** Destroys the stack and checks that nothing is left but data volumes. */
  remove: () => Promise<void>;
}

/** What a folder has of its own stacks. */
const leftOut = ["node_modules", ".pulumi-state"];
let packed: Promise<string> | undefined;
let created = 0;

/** The package as users get it: the path of its tarball. */
export function packFlotilla(): Promise<string> {
  packed ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), "flotilla-pack-"));
    const { code, text } = await start("npm", ["pack", "--pack-destination", folder], root, process.env)
      .ended;
    const file = text.trim().split("\n").at(-1) ?? "";
    if (code !== 0) throw new Error(`npm pack failed:\n${text}`);
    return join(folder, file);
  })();
  return packed;
}

/** The version of a package that this project is tested with. */
export function testedPackage(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const { [name]: version } = devDependencies;
  if (version === undefined) throw new Error(`${name} is no development dependency.`);
  return `${name}@${version}`;
}

/** Makes a project with the packed package installed, and an empty stack. */
export async function createOutsideProject(options: OutsideOptions): Promise<OutsideProject> {
  const { name, from, files = {}, settingsOf, manifest = {}, packages = [], beside } = options;
  const home = mkdtempSync(join(tmpdir(), "flotilla-outside-"));
  const folder = join(home, name);
  const state = beside?.state ?? join(home, "state");
  mkdirSync(state, { recursive: true });
  if (from === undefined) mkdirSync(folder);
  else cpSync(from, folder, { recursive: true, filter: (file) => !leftOut.includes(basename(file)) });
  if (!existsSync(join(folder, "package.json")))
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  cpSync(join(root, "apps/demo/server.js"), join(folder, "server.js.txt"));

  const env = makeEnvironment(state);
  const stack = `${name}-${process.pid}-${(created += 1)}`;
  const label = `${name}/${stack}`;
  const port = await findFreePort();
  const run = async (command: string, ...args: string[]) => {
    const { code, text } = await start(command, args, folder, env).ended;
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${text}`);
    return text;
  };
  const pulumi = async (...args: string[]) => toRun(await start("pulumi", args, folder, env).ended);
  const startUp = () => start("pulumi", ["up", `--stack=${stack}`, ...unattended], folder, env);
  const up = async () => toRun(await startUp().ended);

  const tarball = await packFlotilla();
  await run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball, ...packages);
  if (settingsOf !== undefined)
    cpSync(join(folder, `Pulumi.${settingsOf}.yaml`), join(folder, `Pulumi.${stack}.yaml`));
  await run("pulumi", "stack", "init", stack, ...quiet);
  return {
    folder,
    stack,
    label,
    port,
    url: `http://127.0.0.1:${port}`,
    state,
    configure: async (settings) => {
      for (const [key, value] of Object.entries(settings))
        await run("pulumi", "config", "set", key, value, `--stack=${stack}`, ...quiet);
    },
    up,
    startUp,
    deploy: async () => {
      const done = await up();
      if (!done.ok) throw new Error(`pulumi up failed:\n${done.text}`);
      return done;
    },
    preview: () => pulumi("preview", `--stack=${stack}`, ...quiet),
    outputs: async () => {
      const args = ["stack", "output", `--stack=${stack}`, "--json", "--show-secrets", ...quiet];
      return JSON.parse(await run("pulumi", ...args)) as Record<string, unknown>;
    },
    run,
    remove: async () => {
      const destroyed = await pulumi("destroy", `--stack=${stack}`, ...unattended);
      const left = await removeEverything(label);
      rmSync(home, { recursive: true, force: true });
      if (!destroyed.ok) throw new Error(`pulumi destroy failed:\n${destroyed.text}`);
      if (left.length > 0) throw new Error(`pulumi destroy left behind:\n${left.join("\n")}`);
    },
  };
}
