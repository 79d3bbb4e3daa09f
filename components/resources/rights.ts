import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { setProcessLimit } from "../../engine/containers";
import { type Context, settleEngine } from "./context";

/** The rights of a container, beyond those that its program's user has. */
export interface Rights {
  /** Capabilities that it keeps of root's, without `CAP_`; all others are taken. */
  capabilities: readonly string[];
  /** Whether its programs may gain rights, as those of another owner with the setuid bit do. Defaults to false. */
  gains?: boolean;
  /** Folders in memory, by path: nothing else can be written to but volumes. It can write everywhere when left out. */
  writable?: Record<string, string>;
  /** Most processes and threads. Defaults to {@link usualProcesses}. */
  processes?: number;
}

/** Most processes and threads of a container: far above what servers have, and far below what a host has. */
export const usualProcesses = 4096;

/** For a program that is a user of its own from the start. */
export const none: Rights = { capabilities: [] };

/**
 * For programs that start as root, give themselves their data and then become a user of their own: to change owners, to
 * read and write in spite of them, to become that user for good (Redis also takes the rest from itself, which is SETPCAP),
 * and to end programs of that user.
 */
export const startsAsRoot: Rights = {
  capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETPCAP", "SETUID"],
};

/** A container's rights, as the provider takes them. */
export function rightsArgs({ capabilities, gains = false, writable }: Rights): Partial<docker.ContainerArgs> {
  return {
    capabilities: {
      drops: ["ALL"],
      ...(capabilities.length === 0 ? {} : { adds: capabilities.map((name) => `CAP_${name}`) }),
    },
    ...(gains ? {} : { securityOpts: ["no-new-privileges"] }),
    ...(writable === undefined ? {} : { readOnly: true, tmpfs: writable }),
  };
}

/** The same of rights that are found out while the program runs; undefined leaves a container what Docker gives. */
export function laterRightsArgs(rights: pulumi.Output<Rights | undefined>): Partial<docker.ContainerArgs> {
  const args = rights.apply((known) => (known === undefined ? {} : rightsArgs(known)));
  const take = (name: keyof docker.ContainerArgs) => args.apply(({ [name]: value }) => value);
  return Object.fromEntries(
    (["capabilities", "securityOpts", "readOnly", "tmpfs"] as const).map((name) => [name, take(name)]),
  );
}

/** A folder in memory that anybody in the container can write to. */
export const inMemory = "rw,nosuid,nodev,mode=1777";

/** Limits the processes of a container when it has been made. */
export function limitProcesses(
  context: Context,
  { processes = usualProcesses }: Rights,
): pulumi.ResourceHookFunction {
  return async ({ id, name }) => {
    const problem = await setProcessLimit(await settleEngine(context), processes, [id]);
    if (problem !== undefined)
      await pulumi.log.warn(`${name} has no limit of processes: ${problem}`, context.parent);
  };
}
