import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ScrapeTarget } from "../../../components";
import { docker, dockerLines, findHoldings } from "./engine";
import { keepLedger, ledgerVolume, readLedgerVolume } from "./ledger";
import { findFreePort } from "./ports";
import { type PulumiRun, toRun } from "./pulumi-run";
import { start, type Running } from "./processes";
import type { PoolSettings, StackSettings } from "./settings";

const project = "flotilla";
const root = resolve(__dirname, "../../..");
/** What a checkout consists of. */
const parts = [
  "Pulumi.yaml",
  "package.json",
  "index.ts",
  "config.ts",
  "stack",
  "components",
  "engine",
  "deploy",
];
const folders = ["nginx", "backup", "exporter", "monitoring", "loader", "apps"];

/** What a workspace's stack starts with. */
export interface WorkspaceOptions {
  /** Start of the stack's name. */
  name: string;
  pools: Record<string, PoolSettings>;
  /** Settings of the balancer but its port, which is a free one. */
  balancer?: Record<string, unknown>;
  /** Further settings, such as `routes`. */
  settings?: Record<string, unknown>;
  /** Folder with the files of another version, which the first checkout has instead of these. */
  source?: string;
  /** Where what the engine publishes answers. Defaults to 127.0.0.1. */
  address?: string;
}

/** A number of replicas, as the program exports it. */
interface ReplicaState {
  current: number;
  initial: number;
  min: number;
  max: number;
}

/** What the program exports. */
export interface Outputs {
  url: string;
  replicas: Record<string, ReplicaState>;
  targets: ScrapeTarget[];
  stores?: Record<string, StoreOutputs>;
}

/** Where a datastore is, as the program exports it. */
export interface StoreOutputs {
  url: string;
  network: string;
  containers: string[];
  volumes: string[];
  /** Key that was generated for its backups. */
  backupKey?: string;
  targets: ScrapeTarget[];
}

/** A checkout of the project, in a folder that has nothing else, with a stack that only this run knows. */
export interface Workspace {
  /** Folder of the checkout. */
  folder: string;
  stack: string;
  /** Value of the label `flotilla.stack`. */
  label: string;
  /** Where the balancer answers. */
  url: string;
  port: number;
  /** Changes the settings in the stack's file. */
  configure(change: (settings: StackSettings) => void): void;
  up(env?: Record<string, string>): Promise<PulumiRun>;
  /** An `up` that must succeed: where it fails, what Pulumi said is the error. */
  deploy(env?: Record<string, string>): Promise<PulumiRun>;
  /** An `up` that is left running. */
  startUp(env?: Record<string, string>): Running;
  preview(env?: Record<string, string>): Promise<PulumiRun>;
  destroy(): Promise<PulumiRun>;
  cancel(): Promise<PulumiRun>;
  /** What the program exports, secrets included. */
  outputs(): Promise<Outputs>;
  /** Ids of the containers that the state knows. */
  knownContainers(): Promise<string[]>;
  /** The whole state, as it is kept. */
  exportState(): Promise<string>;
  /** Another folder with the same state. */
  secondCheckout(): Workspace;
  /** Another folder with a state of its own, which is empty, for a stack of the same name. */
  secondState(): Promise<Workspace>;
  /** Destroys the stack and checks that nothing is left but data volumes; then nothing of the workspace is. */
  remove(): Promise<void>;
}

/** The place of a stack: what all of its checkouts share. */
interface Place {
  home: string;
  stack: string;
  label: string;
  address: string;
  port: number;
  env: NodeJS.ProcessEnv;
}

let created = 0;

/** Makes a workspace; its stack's name starts with the given one. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const port = await findFreePort();
  const stack = `${options.name}-${process.pid}-${(created += 1)}`;
  const home = mkdtempSync(join(tmpdir(), "flotilla-proof-"));
  const state = join(home, "state");
  mkdirSync(state);
  const { address = "127.0.0.1" } = options;
  const place = { home, stack, label: `${project}/${stack}`, address, port, env: makeEnvironment(state) };
  const settings = {
    pools: options.pools,
    balancer: { ...frontOfAll(), ...options.balancer, port },
    ...options.settings,
  };
  return initialize(place, settings, options.source);
}

/** Balancers of all stacks that say nothing of them: `FLOTILLA_TEST_FRONT=2` has the suites run with a front. */
function frontOfAll(): { replicas?: number } {
  const replicas = Number(process.env.FLOTILLA_TEST_FRONT ?? 0);
  return replicas === 0 ? {} : { replicas };
}

/** Makes a checkout with a new stack. */
async function initialize(place: Place, settings: StackSettings, source?: string): Promise<Workspace> {
  const workspace = makeCheckout(place, settings, source);
  const args = ["stack", "init", place.stack, "--no-select", ...quiet];
  const init = await start("pulumi", args, workspace.folder, place.env).ended;
  if (init.code !== 0) throw new Error(`The stack cannot be made:\n${init.text}`);
  workspace.configure(() => undefined);
  return workspace;
}

/** Options of every run of Pulumi. */
export const quiet = ["--color=never", "--non-interactive"];
/** Options of a run that changes something. */
export const unattended = ["--yes", "--skip-preview", ...quiet];

/** What Pulumi runs with, when its state is in a folder. */
export function makeEnvironment(state: string): NodeJS.ProcessEnv {
  // What belongs to the test runner, or to one run of the program, must not reach every run.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:FLOTILLA_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name),
  );
  return {
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    ...Object.fromEntries(inherited),
    // Without it, a kill in the wrong moment leaves an empty file of attributes, which Pulumi then fails to read.
    PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "proof",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

function makeCheckout(place: Place, settings: StackSettings, source?: string): Workspace {
  const { home, stack, label, address, port } = place;
  const folder = mkdtempSync(join(home, "checkout-"));
  if (source !== undefined) cpSync(source, folder, { recursive: true });
  else
    for (const part of [...parts, ...folders])
      cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const stackFile = join(folder, `Pulumi.${stack}.yaml`);

  const begin = (args: string[], env: Record<string, string> = {}) =>
    start("pulumi", args, folder, { ...place.env, ...env });
  const finish = async (args: string[], env?: Record<string, string>) => toRun(await begin(args, env).ended);
  const up = (env?: Record<string, string>) => finish(["up", `--stack=${stack}`, ...unattended], env);
  const destroy = () => finish(["destroy", `--stack=${stack}`, ...unattended]);

  const workspace: Workspace = {
    folder,
    stack,
    label,
    port,
    url: `http://${address}:${port}`,
    configure: (change) => {
      change(settings);
      writeSettings(stackFile, settings, nameLedger(label));
      // The application of another version keeps no ledger.
      if (source === undefined) keepLedgerOf(settings, label);
    },
    up,
    deploy: async (env) => {
      const run = await up(env);
      if (!run.ok) throw new Error(`pulumi up failed:\n${run.text}`);
      return run;
    },
    startUp: (env) => begin(["up", `--stack=${stack}`, ...unattended], env),
    preview: (env) => finish(["preview", `--stack=${stack}`, ...quiet], env),
    destroy,
    cancel: () => finish(["cancel", stack, "--yes", ...quiet]),
    outputs: async () => {
      const { text } = await finish([
        "stack",
        "output",
        `--stack=${stack}`,
        "--json",
        "--show-secrets",
        ...quiet,
      ]);
      return JSON.parse(text) as Outputs;
    },
    knownContainers: async () => {
      const { text } = await finish(["stack", "export", `--stack=${stack}`, ...quiet]);
      const { deployment } = JSON.parse(text) as Deployment;
      return (deployment.resources ?? [])
        .filter(({ type }) => type === "docker:index/container:Container")
        .flatMap(({ id }) => id ?? []);
    },
    exportState: async () => (await finish(["stack", "export", `--stack=${stack}`, ...quiet])).text,
    secondCheckout: () => {
      const second = makeCheckout(place, structuredClone(settings));
      cpSync(stackFile, join(second.folder, `Pulumi.${stack}.yaml`));
      return second;
    },
    secondState: async () => {
      const state = mkdtempSync(join(home, "state-"));
      const own = structuredClone(settings);
      own.balancer.port = await findFreePort();
      return initialize({ ...place, port: own.balancer.port, env: makeEnvironment(state) }, own);
    },
    remove: async () => {
      const destroyed = await destroy();
      const left = await removeEverything(label);
      await docker("volume", "rm", "--force", nameLedger(label));
      rmSync(home, { recursive: true, force: true });
      if (!destroyed.ok) throw new Error(`pulumi destroy failed:\n${destroyed.text}`);
      if (left.length > 0) throw new Error(`pulumi destroy left behind:\n${left.join("\n")}`);
    },
  };
  return workspace;
}

interface Deployment {
  deployment: { resources?: { type: string; id?: string }[] };
}

/** The volume of a stack's ledger. It is no part of the stack, which neither makes nor removes it. */
function nameLedger(label: string): string {
  return `${label.replace("/", "-")}-ledger`;
}

/** Lets rows compare what an application carried out, where one of the pools notes it. */
function keepLedgerOf({ pools, balancer }: StackSettings, label: string): void {
  if (!JSON.stringify(pools).includes(ledgerVolume)) return;
  const ledger = readLedgerVolume(nameLedger(label));
  for (const port of [balancer.port, balancer.tls?.port]) if (port !== undefined) keepLedger(port, ledger);
}

/** JSON is YAML too; the salt that Pulumi wrote into the file stays. */
function writeSettings(file: string, settings: StackSettings, ledger: string): void {
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`${project}:${key}`, value]),
  );
  const salt = /^ *"?encryptionsalt"?: *"?([^",\n]+)/m.exec(readFileSync(file, "utf8"))?.[1];
  const text = JSON.stringify({ encryptionsalt: salt, config }, undefined, 2);
  writeFileSync(file, `${text.replaceAll(ledgerVolume, ledger)}\n`);
}

/** Removes what a stack should have taken along, and lists it; data volumes go too, but are no fault. */
export async function removeEverything(label: string): Promise<string[]> {
  const { containers, networks, volumes } = await findHoldings(label);
  const dataPrefix = `${label.replace("/", "-")}-`;
  const faults = [
    ...(await Promise.all(containers.map((id) => docker("inspect", "--format=container {{.Name}}", id)))),
    ...(await Promise.all(
      networks.map((id) => docker("network", "inspect", "--format=network {{.Name}}", id)),
    )),
    ...volumes.filter((name) => !name.startsWith(dataPrefix)).map((name) => `volume ${name}`),
  ];
  if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
  if (networks.length > 0) await docker("network", "rm", ...networks);
  if (volumes.length > 0) await docker("volume", "rm", ...volumes);
  const images = await dockerLines(
    "image",
    "ls",
    "--format={{.Repository}}:{{.Tag}}",
    `flotilla/${dataPrefix}*`,
  );
  if (images.length > 0) await docker("image", "rm", ...images);
  return faults;
}
