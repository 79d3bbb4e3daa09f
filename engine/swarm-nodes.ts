import { type AskApi, askApi, nameHost } from "./ask-api";
import { type Engine, Failure } from "./client";
import { type Labels, readLabels } from "./labels";

/** A machine of a swarm. */
export interface SwarmNode {
  id: string;
  /** Name of the machine. */
  name: string;
  role: "manager" | "worker";
  /** Of a manager: whether the others hear of it, and whether it leads them. */
  isReachable: boolean;
  isLeader: boolean;
  availability: "active" | "pause" | "drain";
  /** `ready`, `down`, `unknown` or `disconnected`. */
  state: string;
  address: string;
  labels: Record<string, string>;
  engineVersion: string;
  cpus: number;
  memoryBytes: number;
}

/** What a service runs, or is to run, on a machine. */
export interface SwarmTask {
  id: string;
  /** Id of the machine; empty where none takes it. */
  node: string;
  service: string;
  labels: Labels;
  /** What it is meant to be, and what it is. */
  desired: string;
  state: string;
  /** What is reserved for it. */
  cpus: number;
  memoryBytes: number;
}

/** A swarm, as one of its managers knows it. */
export interface Swarm {
  /** Id of the machine that was asked. */
  self: string;
  /** Where managers take newcomers. */
  managers: string[];
  nodes: SwarmNode[];
  tasks: SwarmTask[];
}

/** What an engine says of its own swarm mode. */
export interface OwnSwarm {
  NodeID: string;
  LocalNodeState: string;
  ControlAvailable: boolean;
  Error?: string;
  RemoteManagers: { Addr: string }[] | null;
  Cluster?: { ID: string } | null;
}

/** Asks an engine for its swarm; fails where it does not manage one, and says what is to be done. */
export async function readSwarm(engine: Engine, ask: AskApi = askApi): Promise<Swarm> {
  const { Swarm: own } = (await ask(engine, { path: "/info" })) as { Swarm: OwnSwarm };
  const fault = findFault(own);
  if (fault !== undefined)
    throw new Failure(`The engine${nameHost(engine)} must be a manager of a swarm, got ${fault}`);
  const [nodes, services, tasks] = (await Promise.all(
    ["/nodes", "/services", "/tasks"].map((path) => ask(engine, { path })),
  ).catch(explainLeader)) as [ToldNode[], ToldService[], ToldTask[]];
  const byId = new Map(services.map((service) => [service.ID, service]));
  return {
    self: own.NodeID,
    managers: (own.RemoteManagers ?? []).map(({ Addr }) => Addr),
    nodes: nodes.map(readNode).sort((one, other) => compareNames(one.name, other.name)),
    tasks: tasks.map((task) => readTask(task, byId.get(task.ServiceID))),
  };
}

/** Why an engine manages no swarm, as the rest of a sentence, with what is to be done; undefined where it does. */
export function findFault(own: OwnSwarm): string | undefined {
  const { LocalNodeState: state, ControlAvailable: isManager, RemoteManagers: managers } = own;
  if (state === "active" && isManager) return undefined;
  if (state === "active")
    return `a worker. Set docker:host to a manager: ${(managers ?? []).map(({ Addr }) => Addr.replace(/:\d+$/, "")).join(", ") || "none is known"}.`;
  if (state === "locked") return "one that is locked. Unlock it there: docker swarm unlock";
  if (state === "inactive") return "one that is in none. Make one of it: docker swarm init";
  return `one whose swarm is ${state}${own.Error ? `: ${own.Error}` : "."}`;
}

/** Says of managers without a majority what mends that. */
function explainLeader(error: unknown): never {
  if (error instanceof Failure && /leader/i.test(error.message))
    throw new Failure(
      `${error.message}\nMore than half of the managers must be there, or nothing is changed; what runs goes on. Start those that are down.`,
    );
  throw error;
}

/** Names in the order in which people count. */
function compareNames(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

interface ToldNode {
  ID: string;
  Spec: {
    Role: SwarmNode["role"];
    Availability: SwarmNode["availability"];
    Labels: Record<string, string> | null;
  };
  Description: {
    Hostname: string;
    Resources: { NanoCPUs?: number; MemoryBytes?: number };
    Engine: { EngineVersion: string };
  };
  Status: { State: string; Addr?: string };
  ManagerStatus?: { Leader?: boolean; Reachability: string; Addr: string } | null;
}

interface ToldService {
  ID: string;
  Spec: {
    Name: string;
    Labels: Record<string, string> | null;
    TaskTemplate: { ContainerSpec?: { Labels?: Record<string, string> | null } };
  };
}

interface ToldTask {
  ID: string;
  ServiceID: string;
  NodeID?: string;
  DesiredState: string;
  Status: { State: string };
  Spec: { Resources?: { Reservations?: { NanoCPUs?: number; MemoryBytes?: number } | null } | null };
}

function readNode({ ID, Spec, Description, Status, ManagerStatus }: ToldNode): SwarmNode {
  const { NanoCPUs = 0, MemoryBytes = 0 } = Description.Resources;
  return {
    ...{ id: ID, name: Description.Hostname, role: Spec.Role, availability: Spec.Availability },
    isReachable: ManagerStatus?.Reachability === "reachable",
    isLeader: ManagerStatus?.Leader === true,
    state: Status.State,
    // What a leader says of itself may be 0.0.0.0.
    address: ManagerStatus?.Addr.replace(/:\d+$/, "") ?? Status.Addr ?? "",
    labels: Spec.Labels ?? {},
    engineVersion: Description.Engine.EngineVersion,
    ...{ cpus: NanoCPUs / 1e9, memoryBytes: MemoryBytes },
  };
}

function readTask(task: ToldTask, service: ToldService | undefined): SwarmTask {
  const { NanoCPUs = 0, MemoryBytes = 0 } = task.Spec.Resources?.Reservations ?? {};
  const labels = { ...service?.Spec.TaskTemplate.ContainerSpec?.Labels, ...service?.Spec.Labels };
  return {
    ...{ id: task.ID, node: task.NodeID ?? "", service: service?.Spec.Name ?? task.ServiceID },
    labels: readLabels(labels),
    ...{ desired: task.DesiredState, state: task.Status.State },
    ...{ cpus: NanoCPUs / 1e9, memoryBytes: MemoryBytes },
  };
}

/** States of a task that is over. */
const ended = ["complete", "shutdown", "failed", "rejected", "remove"];

/** Whether a task is to go on where it is. */
export function isMeantToRun({ desired, state }: SwarmTask): boolean {
  return desired === "running" && !ended.includes(state);
}

/** Whether something of a task may still be on its machine, be the machine away or not. */
export function mayBeThere({ state }: SwarmTask): boolean {
  return !ended.includes(state);
}
