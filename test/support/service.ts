import * as docker from "@pulumi/docker";
import { LoadBalancedService, type LoadBalancedServiceArgs, type PoolArgs } from "../../components";
import { parseArguments, readArguments } from "../../components/arguments/parse";
import { describeProblem } from "../../components/arguments/problems";
import { type Service, serviceSchema } from "../../components/service/schema";
import { record, type Recorded, type Recording, secretMarker } from "./recorder";

/** Digest of every image in a registry. */
export const registryDigest = `sha256:${"b".repeat(64)}`;

/** The least that a pool needs. */
export const minimalPool: PoolArgs = { image: "node:24-slim", port: 3000 };

/** A public pool whose requests may call an internal one. */
export const twoPools: LoadBalancedServiceArgs = {
  pools: { api: minimalPool, store: { image: "redis:8", port: 6379, reachableFrom: ["api"] } },
};

/** Everything that is wrong with the arguments of a service. */
export function describeFaults(args: unknown): string[] {
  return readArguments(serviceSchema, args).problems.map(describeProblem);
}

/** A service with everything filled in. */
export function parseService(args: LoadBalancedServiceArgs): Service {
  return parseArguments("LoadBalancedService", serviceSchema, args);
}

interface Options {
  preview?: boolean;
  config?: Record<string, string>;
  /** What a provider of the program's own is given; without it there is the default provider. */
  provider?: docker.ProviderArgs;
  registry?: () => Record<string, unknown>;
}

/** Records the service "app"; the test's file must mock the docker command. */
export async function recordService(
  args: LoadBalancedServiceArgs,
  options: Options = {},
): Promise<Recording> {
  const { provider: providerArgs, registry = () => ({ sha256Digest: registryDigest }), ...rest } = options;
  const build = (): unknown => {
    if (providerArgs === undefined) return new LoadBalancedService("app", args);
    const provider = new docker.Provider("engine", providerArgs);
    return new LoadBalancedService("app", args, { provider });
  };
  return record(build, { ...rest, call: registry });
}

/** Records the service with one public pool, "api". */
export async function recordPool(pool: Partial<PoolArgs> = {}, options: Options = {}): Promise<Recording> {
  return recordService({ pools: { api: { ...minimalPool, ...pool } } }, options);
}

/** Resources of a type, which its last part names. */
export function ofType(
  { resources }: Recording,
  type: "Command" | "Container" | "Network" | "Volume",
): Recorded[] {
  return resources.filter((resource) => resource.type.endsWith(`:${type}`));
}

/** An input without the marker of a secret. */
export function reveal(value: unknown): unknown {
  return isSecret(value) ? value.value : value;
}

/** Whether the state would hold an input encrypted. */
export function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && secretMarker in value;
}

/** The variables that a command runs with. */
export function environmentOf(command: Recorded): Record<string, string> {
  return reveal(command.inputs.environment) as Record<string, string>;
}

/** The values that a command's script is given by its environment. */
export function taskOf(command: Recorded): Record<string, unknown> {
  return JSON.parse(environmentOf(command).FLOTILLA_TASK ?? "{}") as Record<string, unknown>;
}

/** The values that a command's script reads from its standard input. */
export function inputOf(command: Recorded): Record<string, unknown> {
  return JSON.parse(reveal(command.inputs.stdin) as string) as Record<string, unknown>;
}
