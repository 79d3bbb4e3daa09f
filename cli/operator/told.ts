import { asList, asRecord, suggest } from "../../components/arguments/problems";
import type { ToldImage } from "../../stack/told-images";
import type { ToldMaintenance } from "../../stack/told-maintenance";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";
import { Failure, Misuse } from "../failure";
import { pulumiEnvironment, readStackOutputs, readStackSettings } from "../pulumi";

/** Words of commands to a stack beside its settings, which hold until others are said. */
export interface Told {
  /** Images by pool. */
  images: Record<string, ToldImage>;
  maintenance: ToldMaintenance[];
  /** Numbers of replicas that are not the settings' own, by pool. */
  replicas: Record<string, number>;
}

/** Reads what a stack was told; nothing where Pulumi does not say it. */
export async function readTold(stack: string): Promise<Told> {
  return parseTold(await readStackOutputs(stack, pulumiEnvironment()));
}

/** Finds what a stack was told among its outputs; a program of the user's own may give something else by these names. */
export function parseTold(outputs: Record<string, unknown>): Told {
  const images = listStates(outputs.images).flatMap(([pool, { initial, current }]) =>
    typeof initial === "string" && typeof current === "string" ? [[pool, { initial, current }] as const] : [],
  );
  const replicas = listStates(outputs.replicas).flatMap(([pool, { initial, current }]) =>
    typeof current === "number" && initial !== current ? [[pool, current] as const] : [],
  );
  return {
    images: Object.fromEntries(images),
    maintenance: asList(outputs.maintenance).flatMap((each) =>
      asRecord(each) === undefined ? [] : [each as ToldMaintenance],
    ),
    replicas: Object.fromEntries(replicas),
  };
}

function listStates(output: unknown): [string, Record<string, unknown>][] {
  return Object.entries(asRecord(output) ?? {}).map(([pool, state]) => [pool, asRecord(state) ?? {}]);
}

/** Says all that a stack was told, and how it is given up. */
export function describeTold({ images, maintenance }: Told, stack: string): string[] {
  const call = (name: string, ...words: string[]): string => describeCall(name, ...words, ...ofStack(stack));
  return [
    ...Object.entries(images).map(
      ([pool, { initial, current }]) =>
        `${pool} runs ${current} instead of ${initial}, until its settings name another image, or: ${call("deploy", "--image", `${pool}=`)}`,
    ),
    ...maintenance.map(
      ({ pool, message, allow = [] }) =>
        `${pool ?? "everything"} is under maintenance${message === undefined ? "" : ` (${message})`}${allow.length === 0 ? "" : `, but for ${allow.join(", ")}`}. End it: ${call("maintenance", "off", ...(pool === undefined ? [] : [pool]))}`,
    ),
  ];
}

/** A pool as the settings of a stack have it. */
export interface SettledPool {
  name: string;
  /** Folder that its image is built from; undefined where it is not built. */
  context: string | undefined;
  /** Whether clients reach it. */
  isPublic: boolean;
}

/** The pools of a stack by its settings; refuses a program that has pools of its own making. */
export async function readPools(stack: string, command: string): Promise<SettledPool[]> {
  const settings = await readStackSettings(stack, pulumiEnvironment());
  if (settings === undefined)
    throw new Failure(`Pulumi knows no stack ${stack}. Deploy it: ${describeCall("up", ...ofStack(stack))}`);
  const pools = parsePools(settings["flotilla:pools"]);
  if (pools.length === 0)
    throw new Misuse(
      `The stack ${stack} has no settings flotilla:pools: the program of this project makes its pools itself, and does not know what ${command} tells it. Change the program, and deploy.`,
    );
  return pools;
}

/** Reads the setting `pools` as Pulumi prints it. */
export function parsePools(setting: { value?: string; objectValue?: unknown } | undefined): SettledPool[] {
  const pools = asRecord(setting?.objectValue ?? (JSON.parse(setting?.value ?? "{}") as unknown)) ?? {};
  return Object.entries(pools).map(([name, pool]) => {
    const { build, port, reachableFrom } = asRecord(pool) ?? {};
    const { context } = asRecord(build) ?? {};
    return {
      name,
      context: typeof context === "string" ? context : undefined,
      isPublic: port !== undefined && reachableFrom === undefined,
    };
  });
}

/** Refuses the name of a pool that there is not. */
export function requirePool(pools: SettledPool[], name: string): SettledPool {
  const pool = pools.find((each) => each.name === name);
  if (pool !== undefined) return pool;
  const names = pools.map((each) => each.name);
  throw new Misuse(`There is no pool ${name}. ${suggest(name, names, "pools")}`);
}
