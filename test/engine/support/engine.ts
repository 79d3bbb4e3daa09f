import { execFile, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a `docker` command and gives what it printed. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run("docker", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Runs a `docker` command and gives the lines that it printed. */
export async function dockerLines(...args: string[]): Promise<string[]> {
  const text = await docker(...args);
  return text.split("\n").filter((line) => line !== "");
}

/** What the engine holds of one stack. */
export interface Holdings {
  /** Ids of all containers, also stopped ones. */
  containers: string[];
  networks: string[];
  volumes: string[];
}

/** Finds everything that carries the label of a stack. */
export async function findHoldings(label: string): Promise<Holdings> {
  const filter = `--filter=label=flotilla.stack=${label}`;
  const [containers, networks, volumes] = await Promise.all([
    dockerLines("ps", "--all", "--quiet", "--no-trunc", filter),
    dockerLines("network", "ls", "--quiet", filter),
    dockerLines("volume", "ls", "--quiet", filter),
  ]);
  return { containers, networks, volumes };
}

/** Names of a stack's running containers that carry all of the labels. */
export async function findRunning(stackLabel: string, ...labels: string[]): Promise<string[]> {
  const filters = [`flotilla.stack=${stackLabel}`, ...labels].map((label) => `--filter=label=${label}`);
  return dockerLines("ps", "--format={{.Names}}", ...filters);
}

/** Name of the one running container of a replica, such as `api-1`. */
export async function findReplica(stackLabel: string, title: string): Promise<string> {
  const names = await findRunning(stackLabel, `flotilla.replica=${title}`);
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Error(`${names.length} containers of ${title} run: ${names.join(", ")}`);
  return name;
}

/** What the engine says about a container. */
export interface ContainerState {
  status: string;
  health: string | undefined;
  startedAt: string;
}

/** Asks for the state of a container. */
export async function readState(container: string): Promise<ContainerState> {
  const text = await docker("inspect", "--type=container", "--format={{json .State}}", container);
  const state = JSON.parse(text) as { Status: string; StartedAt: string; Health?: { Status: string } };
  return { status: state.Status, health: state.Health?.Status, startedAt: state.StartedAt };
}

/** Waits until a condition holds; gives the seconds that it took. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutSeconds = 60,
): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const seconds = (performance.now() - startedAt) / 1000;
    if (await condition()) return seconds;
    if (seconds > timeoutSeconds) throw new Error(`Not within ${timeoutSeconds} s: ${what}.`);
    await wait(100);
  }
}

/** The host's address on the engine's default network. An engine that was never restarted tells the network alone. */
export async function findHostAddress(): Promise<string> {
  const text = await docker("network", "inspect", "bridge", "--format={{json .IPAM.Config}}");
  const [range] = JSON.parse(text) as { Subnet: string; Gateway?: string }[];
  if (range === undefined) throw new Error("The engine's default network has no addresses.");
  // The first address of a network is the engine's.
  return range.Gateway ?? range.Subnet.replace(/\d+\/\d+$/, (end) => String(parseInt(end) + 1));
}

/** Waits until the engine has asked every container of a stack for its health: it does so after an interval only. */
export async function awaitFirstChecks(stackLabel: string): Promise<void> {
  const starting = ["--filter=health=starting", `--filter=label=flotilla.stack=${stackLabel}`];
  await until("no container is starting", async () => (await docker("ps", "--quiet", ...starting)) === "");
}

/** Whether something can be done. */
export function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** Settings and replicas that a stack's balancer is told of. */
export async function readBalancer(stackLabel: string): Promise<string> {
  const [balancer = ""] = await findRunning(stackLabel, "flotilla.balancer=balancer");
  const script = "cd /etc/flotilla/live && cat nginx.conf watch.js members/*.list members/*.conf";
  return docker("exec", balancer, "sh", "-c", script);
}

/** Does something to a replica and waits until it was started again and is healthy; gives the seconds. */
export async function measureRecovery(replica: string, script: string): Promise<number> {
  const before = await readState(replica);
  // The shell that kills everything does not always live to say that it succeeded.
  await docker("exec", replica, "sh", "-c", script).catch(() => undefined);
  return until(`${replica} is healthy again`, async () => {
    const { startedAt, health } = await readState(replica);
    return startedAt !== before.startedAt && health === "healthy";
  });
}

/** Something that happened to a container of a stack. */
export interface EngineEvent {
  /** `start`, `die`, `destroy` … */
  action: string;
  /** Seconds since the epoch. */
  time: number;
  container: string;
  /** Title of the replica, such as `api-1`; undefined for a balancer. */
  replica: string | undefined;
  role: string | undefined;
  /** Of a command in the container that has ended, and of the container itself. */
  exitCode: string | undefined;
}

/** Listens to what happens to a stack's containers, until it is told to stop. */
export async function watchEvents(stackLabel: string): Promise<() => Promise<EngineEvent[]>> {
  const since = await docker("info", "--format={{.SystemTime}}");
  const filters = ["--filter=type=container", `--filter=label=flotilla.stack=${stackLabel}`];
  const args = ["events", "--format={{json .}}", `--since=${since}`, ...filters];
  const child = spawn("docker", args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return async () => {
    // The engine may tell of the last event a moment after the command that caused it.
    await wait(300);
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill();
    await closed;
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map(parseEvent);
  };
}

function parseEvent(line: string): EngineEvent {
  const event = JSON.parse(line) as {
    Action: string;
    timeNano: number;
    Actor: { ID: string; Attributes: Partial<Record<string, string>> };
  };
  const { Attributes: attributes, ID: container } = event.Actor;
  return {
    action: event.Action,
    time: event.timeNano / 1e9,
    container,
    replica: attributes["flotilla.replica"],
    role: attributes["flotilla.role"],
    exitCode: attributes.exitCode,
  };
}
