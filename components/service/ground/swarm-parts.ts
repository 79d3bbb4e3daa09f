import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { formatDuration } from "../../resources/duration";
import type { Image } from "../../resources/images";
import type { Logs, Resources } from "../../resources/limits";
import { createRunError } from "../../resources/run-error";
import type { EngineSettings } from "./schema";

type TaskSpec = docker.types.input.ServiceTaskSpec;
type ContainerSpec = docker.types.input.ServiceTaskSpecContainerSpec;

/** The image as each node gets it. */
export function placeImage({ localImages }: EngineSettings, image: Image): pulumi.Output<string> {
  return pulumi.all([image.pinned, image.id]).apply(([pinned, id]) => {
    if (pinned !== undefined) return pinned;
    if (localImages) return id;
    throw createRunError(
      `The image ${image.reference} must be in a registry that every node of the swarm can ask: the engine alone has it. Push it to one, and name it as it is there; where every node has it already, set engine.localImages.`,
    );
  });
}

/** Limits, and what a node must have left for it. */
export function placeResources({ limits, reservations }: Resources): Pick<TaskSpec, "resources"> {
  const render = (given: Resources["limits"]): { nanoCpus?: number; memoryBytes?: number } | undefined =>
    given === undefined
      ? undefined
      : {
          ...(given.cpus === undefined ? {} : { nanoCpus: Math.round(given.cpus * 1e9) }),
          ...(given.memoryMiB === undefined ? {} : { memoryBytes: given.memoryMiB * 1024 * 1024 }),
        };
  const [limited, reserved] = [render(limits), render(reservations)];
  if (limited === undefined && reserved === undefined) return {};
  return {
    resources: {
      ...(limited === undefined ? {} : { limits: limited }),
      ...(reserved === undefined ? {} : { reservation: reserved }),
    },
  };
}

/** Who ends is started again, on whatever node. */
export const restarts: Pick<TaskSpec, "restartPolicy"> = {
  restartPolicy: { condition: "any", delay: "1s", maxAttempts: 0, window: "0s" },
};

/** How much log is kept. */
export function placeLogs({ maxSizeMiB, maxFiles }: Logs): Pick<TaskSpec, "logDriver"> {
  return {
    logDriver: {
      name: "json-file",
      options: { "max-size": `${maxSizeMiB}m`, "max-file": String(maxFiles) },
    },
  };
}

/** Whole seconds as the provider reads them back of a service, which is shorter than of a container. */
export function placeDuration(seconds: number): string {
  return shorten(formatDuration(seconds));
}

/** A duration of a container as a service has it. */
export function shorten(duration: string): string {
  return duration.replace(/m0s$/, "m").replace(/h0m$/, "h");
}

/** How a node asks whether it is well; the swarm gives it a name in its DNS only then. */
export function placeHealth(
  command: string,
  { interval, timeout, start = 0 }: { interval: number; timeout: number; start?: number },
): Pick<ContainerSpec, "healthcheck"> {
  return {
    healthcheck: {
      tests: ["CMD-SHELL", command],
      interval: placeDuration(interval),
      timeout: placeDuration(timeout),
      retries: 3,
      startPeriod: placeDuration(start),
    },
  };
}
