import { type Engine, Failure } from "../../engine/client";
import { type Labels, toEngineLabels } from "../../engine/labels";
import { countTasks, listNodes, listServices, listTasks, type SwarmTask } from "../../engine/swarm";
import type { Fleet, ReplicaState } from "../fleet";
import type { FleetEngine } from "../fleet-of";
import { sleep } from "../process";
import type { BalancerPlace } from "../tasks";
import { type LineSettings, openLine } from "./line";
import { tellSerial, writeSerial } from "./scripts";

/** What a script is told of the swarm that it works on. */
export interface SwarmSettings extends LineSettings {
  /** Values of the labels of the stack's parts. */
  stack: string;
  service: string;
}

/** Seconds that the balancers of all nodes get to start. */
const startSeconds = 120;

/** Most seconds for the last tasks of a stack that goes. */
const endSeconds = 120;

const inert = ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"];

/** The balancers of a title, as far as the swarm sees their nodes. */
interface Found {
  service: string;
  /** Whether the swarm replaces them one by one just now. */
  isChanging: boolean;
  tasks: SwarmTask[];
  /** Names of the nodes, by their ids. */
  names: Map<string, string>;
}

/** An engine that manages a swarm, on whose nodes replicas and balancers are the tasks of services. */
export function manageSwarm(
  engine: Engine,
  settings: SwarmSettings,
): FleetEngine & { close(): Promise<void> } {
  const { stack, service, network: control } = settings;
  const own = { stack, service };
  const labels = Object.entries(toEngineLabels({ ...own, role: "line" })).map(
    ([name, value]) => `${name}=${value}`,
  );
  const line = openLine(engine, settings, labels);
  /** Addresses of balancers on the control network, by their names. */
  const places = new Map<string, { task: string; address: string }>();

  const listBalancers = async ({ balancer }: BalancerPlace): Promise<Found | undefined> => {
    const [found] = await listServices(engine, { ...own, role: "balancer", balancer });
    if (found === undefined) return undefined;
    const [tasks, nodes] = await Promise.all([listTasks(engine, [found.name]), listNodes(engine)]);
    const names = new Map(nodes.filter(({ isReady }) => isReady).map(({ id, name }) => [id, name]));
    // What runs on a node that the swarm does not see takes newer settings when it is back.
    const reached = (tasks.get(found.name) ?? []).filter(
      ({ node, desired }) => desired === "running" && names.has(node),
    );
    return { service: found.name, isChanging: found.update === "updating", tasks: reached, names };
  };
  const nameRunning = (found: Found): string[] =>
    found.tasks
      .filter(({ state }) => state === "running")
      .map(({ id, node, addresses }) => {
        const name = `${found.service} on ${found.names.get(node) ?? node}`;
        places.set(name, { task: id, address: addresses[control] ?? "" });
        return name;
      });

  const fleet: Fleet = {
    async findBalancers(place) {
      const found = await listBalancers(place);
      return found === undefined ? [] : nameRunning(found);
    },
    findOwners: (balancers) => balancers,
    async awaitBalancers(place) {
      const deadline = Date.now() + startSeconds * 1000;
      for (;;) {
        const found = await listBalancers(place);
        const running = found === undefined ? [] : nameRunning(found);
        const isWhole = running.length > 0 && running.length === found?.tasks.length;
        if (isWhole && !found.isChanging) return running;
        if (Date.now() > deadline) throw new Failure(describeMissing(place, found));
        await sleep(300);
      }
    },
    inside(balancer, script, options) {
      const place = places.get(balancer);
      if (place === undefined) throw new Failure(`The balancer ${balancer} is not known.`);
      return line.run(place.address, script, options);
    },
    async isRunning(balancer) {
      const name = balancer.replace(/ on .*/, "");
      const [tasks, nodes] = await Promise.all([listTasks(engine, [name]), listNodes(engine)]);
      const task = (tasks.get(name) ?? []).find(({ id }) => id === places.get(balancer)?.task);
      const node = nodes.find(({ id }) => id === task?.node);
      return task?.state === "running" && task.desired === "running" && node?.isReady === true;
    },
    async listAround(network) {
      const id = await engine.run(["network", "inspect", "--format={{.Id}}", network]);
      const found = (await listServices(engine, own)).filter(({ networks }) => networks.includes(id));
      return found.map(({ name, labels: ofService, replicas }) => {
        return { name, labels: ofService, state: replicas === 0 ? "exited" : "running" };
      });
    },
    async findAddresses(network, replicas) {
      const tasks = await listTasks(engine, replicas);
      return new Map(
        [...tasks].map(([name, list]) => {
          const current = list.find(({ state, desired }) => state === "running" && desired === "running");
          return [name, current?.addresses[network] ?? ""];
        }),
      );
    },
    async readStates(replicas) {
      const [tasks, services] = await Promise.all([listTasks(engine, replicas), listServices(engine, own)]);
      const stopped = new Set(services.filter(({ replicas: count }) => count === 0).map(({ name }) => name));
      return new Map([...tasks].map(([name, list]) => [name, readState(list, stopped.has(name))]));
    },
    // The swarm has no limit of processes for services, and their rights are in what the state says of them.
    limitProcesses: () => Promise.resolve(undefined),
    readRights: () => Promise.resolve(undefined),
    // Only its own node could.
    ask: () => Promise.resolve(undefined),
    async readLog(replica, lines) {
      const args = ["service", "logs", "--raw", "--no-task-ids", `--tail=${lines}`, replica];
      // A node that is away would be waited for.
      const { stdout, stderr } = await engine
        .attempt(args, { seconds: 15 })
        .catch(() => ({ stdout: "", stderr: "" }));
      return `${stdout}${stderr}`.trim();
    },
    adviseOnLog: (replica) => `docker service logs ${replica}`,
    async start(replica) {
      await engine.run(["service", "scale", "--detach", `${replica}=1`]);
    },
    async stop(replica) {
      await engine.attempt(["service", "scale", "--detach", `${replica}=0`]);
    },
    // One that the state knows must be there when Pulumi deletes it; what it does not know goes with the stack.
    remove: (replica) => fleet.stop(replica, 0),
    renderSerial: () => writeSerial(String(nextSerial())),
    tellSerial: () => [tellSerial(lastSerial)],
    async removeLeft() {
      const found = await listServices(engine, own);
      for (const { name } of found) await engine.attempt(["service", "rm", name]);
      await awaitEnd(engine, own);
      return found.map(({ name }) => name);
    },
  };
  return { ...engine, fleet, close: () => line.close() };
}

/** A network goes only after the last task that is on it. */
async function awaitEnd(engine: Engine, own: Labels): Promise<void> {
  const deadline = Date.now() + endSeconds * 1000;
  while (Date.now() < deadline && (await countTasks(engine, own)) > 0) await sleep(300);
}

let lastSerial = 0;

/** A number above all before it. */
function nextSerial(): number {
  return (lastSerial = Math.max(lastSerial + 1, Date.now()));
}

/** A replica's state by its tasks: the swarm replaces one that ends. */
export function readState(tasks: SwarmTask[], isStopped: boolean): ReplicaState {
  const ended = tasks.filter(({ state }) => ["complete", "failed", "rejected"].includes(state));
  const current = tasks.find(({ desired, state }) => !inert.includes(state) && desired !== "shutdown");
  const [failed] = ended;
  const common = {
    exitCode: failed?.exitCode ?? 0,
    outOfMemory: false,
    restarts: ended.length,
  };
  if (isStopped) return { ...common, status: "exited", health: "starting" };
  if (current?.state === "running") return { ...common, status: "running", health: "healthy" };
  if (failed !== undefined) {
    // The engine's own words, unless it is the program that ended.
    const isUnhealthy = /unhealthy/i.test(failed.message);
    const isExit = !isUnhealthy && /non-zero exit|^finished$|^$/.test(failed.message);
    return {
      ...common,
      status: isUnhealthy || !isExit ? "running" : "restarting",
      health: isUnhealthy ? "unhealthy" : "starting",
      ...(isUnhealthy || isExit ? {} : { reason: failed.message }),
    };
  }
  const waits = current?.state === "pending" && current.message !== "pending task scheduling";
  return {
    ...common,
    status: current === undefined ? "created" : "running",
    health: "starting",
    ...(waits ? { waits: current.message } : {}),
  };
}

function describeMissing({ balancer }: BalancerPlace, found: Found | undefined): string {
  if (found === undefined) return `The swarm has no service of ${balancer}. Run the update again.`;
  const missing = found.tasks
    .filter(({ state }) => state !== "running")
    .map(
      ({ node, state, message }) =>
        `  on ${found.names.get(node) ?? "no node"}: ${state}${message === "" ? "" : `, ${message}`}`,
    );
  return [
    `Not all balancers run within ${startSeconds} s. Look at them with: docker service ps --no-trunc ${found.service}`,
    ...(missing.length === 0 ? ["  no node may run one"] : missing),
  ].join("\n");
}
