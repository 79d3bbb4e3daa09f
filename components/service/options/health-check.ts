import type * as docker from "@pulumi/docker";
import type { z } from "zod";
import { closed, type Fields, text, whole } from "../../arguments/schema-parts";
import { formatDuration } from "../../resources/duration";
import type { HealthCheckArgs } from "../../types";

/** How a replica is asked whether it can take requests. */
export const healthCheck = closed(
  {
    path: text(
      "start with / and hold no spaces, quotes, backslashes or any of ; { } # $",
      /^\/[^\s"'`\\;{}#$]*$/,
    ).optional(),
    command: text("be a shell command", /\S/).optional(),
    intervalSeconds: whole(1, 3600).optional(),
    timeoutSeconds: whole(1, 3600).optional(),
    retries: whole(1, 100).default(3),
    startSeconds: whole(1, 86400).default(60),
  } satisfies Fields<HealthCheckArgs>,
  "be an object that describes the check",
  undefined,
  [
    {
      needs: ["intervalSeconds", "timeoutSeconds"],
      find: ({ intervalSeconds: interval, timeoutSeconds: timeout }) => {
        // Left out, each follows the other.
        if (interval === undefined || timeout === undefined || timeout <= interval) return [];
        const rule = `be at most intervalSeconds (${interval})`;
        const remedy = `Set it to ${interval} or less, or intervalSeconds to ${timeout} or more.`;
        return [{ path: ["timeoutSeconds"], value: timeout, rule, remedy }];
      },
    },
  ],
).transform(({ path, command, intervalSeconds, timeoutSeconds, ...rest }) => {
  const timeout = timeoutSeconds ?? Math.min(3, intervalSeconds ?? 3);
  return {
    ...rest,
    /** Path that is asked, also through the balancer. */
    path: path ?? (command === undefined ? "/health" : "/"),
    /** Shell command that is run instead; exit code 0 means healthy. */
    command,
    /** Whether a command alone tells the health, so that the replica need not answer any path. */
    isToldByCommand: command !== undefined && path === undefined,
    intervalSeconds: intervalSeconds ?? Math.max(10, timeout),
    timeoutSeconds: timeout,
  };
});

/** How a replica is asked, with everything filled in. */
export type HealthCheck = z.output<typeof healthCheck>;

/** The check as the engine is told of it. */
export function renderHealthCheck(
  health: HealthCheck,
  port: number,
): docker.types.input.ContainerHealthcheck {
  return {
    tests: ["CMD-SHELL", renderSelfHealing(health, port)],
    interval: formatDuration(health.intervalSeconds),
    // Longer than the check's own limit, or a strike could not be counted.
    timeout: formatDuration(health.timeoutSeconds + 2),
    retries: health.retries,
    startPeriod: formatDuration(health.startSeconds),
    startInterval: "0s",
  };
}

/** Shell command whose exit code 0 means that the replica at a port is healthy. */
export function renderCheck({ path, command, timeoutSeconds }: HealthCheck, port: number): string {
  return `timeout ${timeoutSeconds} sh -c ${quote(command ?? ask(`http://127.0.0.1:${port}${path}`))}`;
}

/** Asks a URL with whichever client the image has; images of applications seldom have the same one. */
function ask(url: string): string {
  const { hostname, port, pathname, search } = new URL(url);
  const path = pathname + search;
  const inBash = [
    `exec 3<>/dev/tcp/${hostname}/${port}`,
    `printf %b ${quote(`GET ${path} HTTP/1.0\\r\\nHost: ${hostname}\\r\\n\\r\\n`)} >&3`,
    "read -r version status rest <&3",
    'case $status in 2*|3*) ;; *) echo "answered $status"; exit 1 ;; esac',
  ].join("; ");
  const inNode = `fetch(${JSON.stringify(url)},{redirect:"manual"}).then(r=>process.exit(r.status<400?0:1))`;
  const inPython = [
    "import http.client as h,sys",
    `c=h.HTTPConnection("${hostname}",${port})`,
    `c.request("GET",${JSON.stringify(path)})`,
    "sys.exit(c.getresponse().status>=400)",
  ].join(";");
  // Where a redirect leads is another's health; wget of BusyBox follows it all the same, but its first answer counts.
  const inWget = [
    'case "$(wget --help 2>&1)" in *max-redirect*) stay=--max-redirect=0 ;; *) stay= ;; esac',
    `answer=$(wget $stay -q -S -O /dev/null ${quote(url)} 2>&1)`,
    'case "$answer" in *HTTP/1.[01]" "[23][0-9][0-9]*) ;; *) echo "$answer"; exit 1 ;; esac',
  ].join("; ");
  return [
    // A proxy that the application needs is not between it and its own check.
    "unset http_proxy HTTP_PROXY all_proxy ALL_PROXY",
    `if command -v curl >/dev/null; then curl -fsS -o /dev/null ${quote(url)}`,
    `elif command -v bash >/dev/null; then bash -c ${quote(inBash)}`,
    `elif command -v wget >/dev/null; then ${inWget}`,
    `elif command -v node >/dev/null; then node -e ${quote(inNode)}`,
    `elif command -v python3 >/dev/null; then python3 -c ${quote(inPython)}`,
    'else echo "The image has none of curl, bash, wget, node and python3: set healthCheck.command."; exit 1; fi',
  ].join("; ");
}

/**
 * The check that the engine runs: on the last strike it kills everything in the container but its first process, which
 * then ends too, so that the restart policy brings back a replica that hangs. Docker by itself never restarts one.
 */
export function renderSelfHealing(health: HealthCheck, port: number): string {
  const { retries, startSeconds } = health;
  return [
    "strikes=/dev/shm/flotilla-strikes",
    `if ${renderCheck(health, port)}; then echo 0 > $strikes; exit 0; fi`,
    // A slow starter must not be killed for ever, so failures count after the first success or the time to start.
    `[ -f $strikes ] || [ $(( $(date +%s) - $(stat -c %Y /proc/1) )) -gt ${startSeconds} ] || exit 1`,
    "count=$(( $(cat $strikes 2>/dev/null || echo 0) + 1 ))",
    "echo $count > $strikes",
    `[ $count -lt ${retries} ] || kill -9 -1`,
    "exit 1",
  ].join("; ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
