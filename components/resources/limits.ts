import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Logs, renderLogOptions } from "../../engine/log-drivers";
import type { ResourcesArgs } from "../types";
import type { Context } from "./context";

/** Limits and reservations of one container. */
export interface Resources {
  limits?: ResourcesArgs;
  reservations?: ResourcesArgs;
}

/** Limits and reservations; Docker reserves no processors, but shares them out in these proportions. */
export function resourceArgs(
  context: Context,
  title: string,
  { limits, reservations }: Resources,
): Partial<docker.ContainerArgs> {
  return {
    ...(limits?.cpus === undefined ? {} : { cpus: clamp(context, title, limits.cpus) }),
    ...(limits?.memoryMiB === undefined ? {} : { memory: limits.memoryMiB, memorySwap: limits.memoryMiB }),
    ...(reservations?.cpus === undefined
      ? {}
      : { cpuShares: Math.max(2, Math.round(reservations.cpus * 1024)) }),
    ...(reservations?.memoryMiB === undefined ? {} : { memoryReservation: reservations.memoryMiB }),
  };
}

/** Docker refuses more processors than there are, so that one stack could not run on a smaller machine. */
function clamp(context: Context, title: string, cpus: number): pulumi.Output<string> {
  return context.processors.apply((processors = cpus) => {
    if (cpus <= processors) return formatProcessors(cpus);
    const message = `${title}: limits.cpus is ${cpus}, but the engine has ${processors} processors; it gets ${processors}.`;
    void pulumi.log.warn(message, context.parent);
    return formatProcessors(processors);
  });
}

/** As the engine reads it back: another form would look like a change. */
function formatProcessors(cpus: number): string {
  return Number.isInteger(cpus) ? `${cpus}.0` : String(cpus);
}

/** Where a container's log goes; its title tells it from others. */
export function logArgs(logs: Logs, title: string): Partial<docker.ContainerArgs> {
  return { logDriver: logs.driver, logOpts: renderLogOptions(logs, title) };
}
