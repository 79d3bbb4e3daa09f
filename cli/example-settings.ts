// What --replicas and --set are for an example whose program reads settings of its own, among them the number of replicas of
// each pool. What one run is told is given to Pulumi beside the stack's file, which stays as it is written.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { resolveReplicas } from "../stack/replica-counts";
import { describeStray } from "./command";
import { Misuse } from "./failure";
import type { Told } from "./options";

/** How the program of a stack gets what it is told. */
export interface RunSettings {
  variables: NodeJS.ProcessEnv;
  /** Options of Pulumi. */
  options: string[];
  /** Remembers for later runs what they keep, once a run has succeeded. */
  keep: () => void;
}

/** A stack of an example. */
export interface ExampleStack {
  /** The example's own project. */
  folder: string;
  stack: string;
}

/** Whether an example has a program of its own: one whose stacks are files like all others is told as these are. */
export function hasOwnSettings(folder: string): boolean {
  return listPrograms(folder).length > 0;
}

/** Refuses pools and settings that the example does not have. */
export function checkToldExample(folder: string, { replicas = [], set = [] }: Partial<Told>): void {
  if (!hasOwnSettings(folder)) return;
  const { pools, settings } = readNames(folder);
  const seen = new Set<string>();
  const faults = [
    ...listCounts(replicas).flatMap((item) => {
      const [, pool = "", count] = /^([\w-]+)\s*=\s*(\d+)$/.exec(item) ?? [];
      if (count === undefined)
        return [`--replicas must be like ${pools.map((each) => `${each}=3`).join(",")}, got ${item}.`];
      if (!pools.includes(pool)) return [describeStray(pool, "A pool of --replicas", pools)];
      if (seen.has(pool)) return [`--replicas must name each pool once, got ${pool} twice.`];
      seen.add(pool);
      return [];
    }),
    ...set.flatMap((each) => {
      const name = each.replace(/=.*/s, "");
      return settings.includes(name) ? [] : [describeStray(name, "A setting of --set", settings)];
    }),
  ];
  if (faults.length > 0) throw new Misuse(faults.join("\n"));
}

/** Gives the program what this run is told, and the numbers of replicas that earlier runs were told, by a file in a folder of this run. */
export function prepareExampleRun(
  { folder, stack }: ExampleStack,
  { replicas, set }: Told,
  folderOfRun: string,
): RunSettings {
  const [, project = ""] = /^name: (.+)$/m.exec(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) ?? [];
  const file = `Pulumi.${basename(stack)}.yaml`;
  const written = existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
  const ranges = readNames(folder).pools.map((pool) => {
    const [, initial = "0"] = new RegExp(`\\b${project}:${pool}Replicas\\b\\W+(\\d+)`).exec(written) ?? [];
    return [pool, { initial: Number(initial), min: 0, max: Infinity }] as const;
  });
  const kept = readKept(folder);
  const { states } = resolveReplicas(Object.fromEntries(ranges), kept[stack], replicas.join());
  const counts = Object.entries(states).filter(([, { initial, current }]) => current !== initial);
  const configFile = join(folderOfRun, file);
  if (existsSync(join(folder, file))) copyFileSync(join(folder, file), configFile);
  else writeFileSync(configFile, "");
  const settings = [...counts.map(([pool, { current }]) => `${pool}Replicas=${current}`), ...set];
  return {
    variables: {},
    options: [`--config-file=${configFile}`, ...settings.map((each) => `--config=${project}:${each}`)],
    keep: () => {
      writeKept(folder, { ...kept, [stack]: Object.fromEntries(counts) });
    },
  };
}

/** Forgets what a stack that is gone was told. */
export function forgetCounts({ folder, stack }: ExampleStack): void {
  const { [stack]: gone, ...others } = readKept(folder);
  if (gone !== undefined) writeKept(folder, others);
}

function listCounts(replicas: string[]): string[] {
  return replicas.flatMap((each) => each.split(",")).map((item) => item.trim());
}

/** The settings that an example's program reads, but for secrets, and the pools that have a number of replicas among them. */
function readNames(folder: string): { pools: string[]; settings: string[] } {
  const text = listPrograms(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const read = /\bconfig\.(?:get|require)(?!Secret)\w*(?:<.*?>)?\("(\w+)"\)/g;
  const settings = [...new Set([...text.matchAll(read)].map(([, name = ""]) => name))].sort();
  const pools = settings.flatMap((name) => /^(\w+)Replicas$/.exec(name)?.slice(1) ?? []);
  return { pools, settings };
}

function listPrograms(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".ts"));
}

/** Beside the state, which is not in Git either. */
const keptFile = join(".pulumi-state", "replicas.json");

function readKept(folder: string): Record<string, unknown> {
  const file = join(folder, keptFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
}

function writeKept(folder: string, kept: Record<string, unknown>): void {
  mkdirSync(join(folder, ".pulumi-state"), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, keptFile), `${JSON.stringify(kept, undefined, 2)}\n`);
}
