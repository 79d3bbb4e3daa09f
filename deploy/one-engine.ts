import { findAddresses } from "./addresses";
import { findContainers } from "./containers";
import { type Engine, Failure, type Outcome } from "../engine/client";
import {
  inspectContainers,
  inspectPresent,
  readLog,
  setProcessLimit,
  stopContainer,
} from "../engine/containers";
import { labelField, labelFilters, type Labels, readListedLabels } from "../engine/labels";
import type { Fleet, KnownRights, Neighbour, ReplicaState } from "./fleet";
import { sleep } from "./process";
import type { BalancerPlace } from "./tasks";

const rights =
  '{"user":{{json .Config.User}},"readOnly":{{json .HostConfig.ReadonlyRootfs}},"drops":{{json .HostConfig.CapDrop}},"pids":{{json .HostConfig.PidsLimit}}}';

/** One engine, on which each replica and each balancer is a container. */
export function oneEngine(engine: Engine): Fleet {
  return {
    findBalancers: (place) => findBalancers(engine, place),
    awaitBalancers: async (place, sharing, around) => [await awaitBalancer(engine, place, sharing, around)],
    // One volume has the settings of all.
    findOwners: (balancers) => balancers.slice(0, 1),
    inside: (balancer, script, options) => engine.inside(balancer, script, options),
    isRunning: async (balancer) => {
      const { code, stdout } = await engine.attempt(["inspect", "--format={{.State.Running}}", balancer]);
      return code === 0 && stdout.trim() === "true";
    },
    listAround: (network) => listAround(engine, network),
    findAddresses: (network, replicas) => findAddresses(engine, network, replicas),
    readStates: (replicas) => readStates(engine, replicas),
    limitProcesses: (processes, replicas) => setProcessLimit(engine, processes, replicas),
    readRights: async (replica) => (await inspectContainers<KnownRights>(engine, rights, [replica]))[0],
    ask: (replica) => ask(engine, replica),
    readLog: (replica, lines) => readLog(engine, replica, lines),
    adviseOnLog: (replica) => `docker logs ${replica}`,
    start: async (replica) => {
      await engine.run(["start", replica]);
    },
    stop: async (replica, seconds) => {
      await stopContainer(engine, replica, seconds);
    },
    remove: async (replica) => {
      await engine.attempt(["rm", "--force", "--volumes", replica]);
    },
    renderSerial: () => "",
    tellSerial: () => [],
    removeLeft: (networks, own) => removeLeft(engine, networks, own),
  };
}

/**
 * Names of the running containers of a balancer: those that share a front, the newest first, and then what is on the network: the
 * front, or the only one.
 */
async function findBalancers(engine: Engine, { balancer, network }: BalancerPlace): Promise<string[]> {
  const format = `--format={{.Names}}\t{{.Networks}}\t${labelField("shares")}`;
  const filters = labelFilters({ role: "balancer", balancer });
  const rows = (await engine.run(["ps", "--no-trunc", format, ...filters]))
    .split("\n")
    .map((line) => line.split("\t"));
  const sharing = rows.filter(([, , shares]) => shares === network);
  const joined = rows.filter(([, networks = ""]) => networks.split(",").includes(network));
  return [...sharing, ...joined].map(([name = ""]) => name);
}

/** Lists all containers on a network, the newest first. */
async function listAround(engine: Engine, network: string): Promise<Neighbour[]> {
  const format = "--format={{.Names}}\t{{.State}}\t{{.Labels}}";
  const output = await engine.run(["ps", "--all", "--no-trunc", format, `--filter=network=${network}`]);
  return output.split("\n").flatMap((line) => {
    const [name = "", state = "", labels] = line.split("\t");
    return labels === undefined ? [] : [{ name, state, labels: readListedLabels(labels) }];
  });
}

function isBalancer({ labels: { role, balancer } }: Neighbour, place: BalancerPlace): boolean {
  return role === "balancer" && balancer === place.balancer;
}

/** The balancer of a network that runs, among its parts. */
export function findRunning(around: Neighbour[], place: BalancerPlace): Neighbour | undefined {
  return around.find((each) => each.state === "running" && isBalancer(each, place));
}

/** The balancer of a network that was stopped by hand, where none runs. */
export function findStopped(around: Neighbour[], place: BalancerPlace): Neighbour | undefined {
  if (findRunning(around, place) !== undefined) return undefined;
  return around.find((each) => each.state === "exited" && isBalancer(each, place));
}

async function awaitBalancer(
  engine: Engine,
  place: BalancerPlace,
  sharing: string[] | undefined,
  around: Neighbour[],
): Promise<string> {
  const deadline = Date.now() + 15_000;
  let balancer = sharing === undefined ? findRunning(around, place)?.name : undefined;
  while (Date.now() < deadline) {
    balancer ??= (await findBalancers(engine, place)).find((name) => sharing?.includes(name) ?? true);
    if (balancer !== undefined) return balancer;
    await sleep(300);
  }
  throw new Failure(
    `The balancer's container does not run. Look at it with: docker ps --all --filter label=flotilla.balancer`,
  );
}

/** A container's state in Docker's words. */
interface DockerState {
  Status: string;
  ExitCode: number;
  OOMKilled: boolean;
  Health?: { Status: string };
}

/** Reads the states of containers, by their names, but for those that are gone. */
async function readStates(engine: Engine, containers: string[]): Promise<Map<string, ReplicaState>> {
  const template = '{"name":{{json .Name}},"state":{{json .State}},"restarts":{{.RestartCount}}}';
  const found = await inspectPresent<{ name: string; state: DockerState; restarts: number }>(
    engine,
    template,
    containers,
  );
  return new Map(
    found.map(({ name, state, restarts }) => [
      name.replace("/", ""),
      {
        status: state.Status,
        health: state.Health?.Status ?? "none",
        exitCode: state.ExitCode,
        outOfMemory: state.OOMKilled && state.Status !== "running",
        restarts,
      },
    ]),
  );
}

/** Runs the container's own health check, which looks once then. */
async function ask(engine: Engine, container: string): Promise<Outcome> {
  const configs = await inspectContainers<{ Healthcheck?: { Test?: string[] } }>(engine, "{{json .Config}}", [
    container,
  ]);
  const [kind, ...words] = configs[0]?.Healthcheck?.Test ?? [];
  // An image's own check may be a program without a shell.
  if (kind === "CMD") return engine.attempt(["exec", container, ...words]);
  return engine.attempt(["exec", "--env=FLOTILLA_LOOK=once", container, "sh", "-c", words[0] ?? "exit 1"]);
}

async function removeLeft(engine: Engine, networks: string[], own: Labels): Promise<string[]> {
  const removed: string[] = [];
  const removeAll = async (containers: string[]): Promise<void> => {
    for (const container of containers) {
      await engine.run(["rm", "--force", "--volumes", container]);
      removed.push(container);
    }
  };
  // A kill may come before a container is on any network.
  const made = { filters: ["status=created"], all: true };
  await removeAll(await findContainers(engine, own, undefined, made));
  for (const network of networks) {
    await removeAll(
      await findContainers(engine, { role: "balancer", shares: network }, undefined, { all: true }),
    );
    for (const role of ["replica", "worker", "balancer"] as const)
      await removeAll(await findContainers(engine, { role }, network, { all: true }));
    const { code, stdout } = await engine.attempt([
      "network",
      "inspect",
      "--format={{json .Containers}}",
      network,
    ]);
    if (code === 0 && stdout.trim() !== "{}") removed.push(`${network} is still used by others`);
  }
  return removed;
}
