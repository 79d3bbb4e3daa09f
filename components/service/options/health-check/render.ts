import type * as docker from "@pulumi/docker";
import { composeShell, quote } from "../../../../engine/shell";
import { formatDuration } from "../../../resources/duration";
import type { HealthCheck } from "./schema";
import { lookByBashSh, lookSh, watchSh } from "./texts";

/** How long one run of the check goes on. */
const watchSeconds = 240;

/** The check as the engine is told of it; undefined where nothing is said, and the image's own stays. */
export function renderHealthCheck(
  health: HealthCheck,
  port: number | undefined,
): docker.types.input.ContainerHealthcheck | undefined {
  if (port === undefined && health.command === undefined) return undefined;
  const { intervalSeconds, timeoutSeconds, retries, startSeconds } = health;
  return {
    tests: ["CMD-SHELL", renderInBestShell(renderWatch(health, port))],
    // Between two runs nobody looks.
    interval: "1s",
    timeout: formatDuration(countLooks(health) * (intervalSeconds + timeoutSeconds) + 60),
    retries,
    startPeriod: formatDuration(startSeconds),
    startInterval: "0s",
  };
}

/** Looks at the replica once; exit code 0 means healthy. */
export function renderLook(health: HealthCheck, port: number | undefined): string {
  return renderInBestShell(`${renderValues(health, port)}look\n`);
}

/** Looks at the replica again and again, and ends it at the last strike. */
export function renderWatch(health: HealthCheck, port: number | undefined): string {
  const { intervalSeconds, retries, startSeconds } = health;
  const values = {
    mark: "/dev/shm/flotilla-healthy",
    interval: intervalSeconds,
    looks: countLooks(health),
    retries,
    longest_start: startSeconds + retries * intervalSeconds,
  };
  return composeShell(values, renderValues(health, port), watchSh);
}

function renderValues({ path, command, timeoutSeconds }: HealthCheck, port: number | undefined): string {
  // Only a command needs no port.
  const values = {
    host: "127.0.0.1",
    port: port ?? "",
    path,
    command: command ?? "",
    timeout: timeoutSeconds,
  };
  return composeShell(values, lookByBashSh, lookSh);
}

function countLooks({ intervalSeconds }: HealthCheck): number {
  return Math.max(1, Math.floor(watchSeconds / intervalSeconds));
}

/** Bash asks by itself, without a program for each look; where there is none, any shell does. */
function renderInBestShell(script: string): string {
  return `if command -v bash >/dev/null; then shell=bash; else shell=sh; fi; exec $shell -c ${quote(script)}`;
}
