import { type Engine, Failure } from "./client";
import { labelFilters, type Labels, readLabels, toEngineLabels } from "./labels";

/** A service of a swarm. */
export interface SwarmService {
  id: string;
  name: string;
  labels: Labels;
  /** Number of tasks that it shall have; undefined where it has one on each node. */
  replicas: number | undefined;
  /** Ids of the networks that its tasks are on. */
  networks: string[];
  /** How far a change of it is that is under way. */
  update: string | undefined;
  createdAt: string;
}

/** A task of a service: what is one container on some node. */
export interface SwarmTask {
  id: string;
  service: string;
  node: string;
  state: string;
  /** What the swarm wants of it. */
  desired: string;
  message: string;
  exitCode: number | undefined;
  createdAt: string;
  /** Its addresses by the names of networks. */
  addresses: Record<string, string>;
}

/** A node of a swarm. */
export interface SwarmNode {
  id: string;
  name: string;
  isReady: boolean;
}

interface InspectedService {
  ID: string;
  CreatedAt: string;
  Spec: {
    Name: string;
    Labels: Record<string, string> | null;
    Mode: { Replicated?: { Replicas?: number } };
    TaskTemplate: { Networks?: { Target: string }[] | null };
  };
  UpdateStatus?: { State?: string } | null;
}

interface InspectedTask {
  ID: string;
  ServiceID: string;
  NodeID?: string;
  CreatedAt: string;
  DesiredState: string;
  Status: { State: string; Err?: string; Message?: string; ContainerStatus?: { ExitCode?: number } };
  NetworksAttachments?: { Network: { Spec: { Name: string } }; Addresses?: string[] }[] | null;
}

/** The engine that is asked, as a part of a swarm. */
export interface Manager {
  name: string;
  isManager: boolean;
  /** Whether its node takes tasks: `active`, `pause` or `drain`. */
  availability: string;
}

/** What an engine is in its swarm; undefined where it cannot be asked. */
export async function readManager(engine: Engine): Promise<Manager | undefined> {
  const format = "--format={{.Name}}\t{{.Swarm.ControlAvailable}}\t{{.Swarm.NodeID}}";
  const { code, stdout } = await engine.attempt(["info", format]);
  const [name = "", controls, node = ""] = stdout.trim().split("\t");
  if (code !== 0 || name === "") return undefined;
  if (controls !== "true") return { name, isManager: false, availability: "" };
  const { stdout: said } = await engine.attempt(["node", "inspect", "--format={{.Spec.Availability}}", node]);
  return { name, isManager: true, availability: said.trim() };
}

/** The services that have some labels, the newest first. */
export async function listServices(engine: Engine, labels: Labels): Promise<SwarmService[]> {
  const ids = toLines(await engine.run(["service", "ls", "--quiet", ...labelFilters(labels)]));
  const found = await inspect<InspectedService>(engine, "service", ids);
  return found
    .map(({ ID: id, CreatedAt: createdAt, Spec: spec, UpdateStatus }) => ({
      ...{ id, name: spec.Name, labels: readLabels(spec.Labels), createdAt, update: UpdateStatus?.State },
      networks: (spec.TaskTemplate.Networks ?? []).map(({ Target }) => Target),
      replicas: spec.Mode.Replicated?.Replicas,
    }))
    .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}

/** The tasks of services, by their names, the newest first; those of services that are gone are none. */
export async function listTasks(engine: Engine, services: string[]): Promise<Map<string, SwarmTask[]>> {
  const tasks = new Map<string, SwarmTask[]>();
  if (services.length === 0) return tasks;
  const known = await inspect<InspectedService>(engine, "service", services);
  if (known.length === 0) return tasks;
  const names = new Map(known.map(({ ID: id, Spec: { Name: name } }) => [id, name]));
  for (const name of names.values()) tasks.set(name, []);
  const ids = toLines(
    (await engine.attempt(["service", "ps", "--quiet", "--no-trunc", ...names.values()])).stdout,
  );
  for (const each of await inspect<InspectedTask>(engine, "task", ids))
    tasks.get(names.get(each.ServiceID) ?? "")?.push(readTask(each, names.get(each.ServiceID) ?? ""));
  for (const list of tasks.values()) list.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  return tasks;
}

/** The number of tasks that are still there of a stack's services, whether these are or not. */
export async function countTasks(engine: Engine, labels: Labels): Promise<number> {
  const nodes = toLines(await engine.run(["node", "ls", "--quiet"]));
  const { stdout } = await engine.attempt(["node", "ps", "--quiet", "--no-trunc", ...nodes]);
  const wanted = Object.entries(toEngineLabels(labels));
  const found = await inspect<{ Spec: { ContainerSpec?: { Labels?: Record<string, string> | null } } }>(
    engine,
    "task",
    [...new Set(toLines(stdout))],
  );
  return found.filter(({ Spec: { ContainerSpec } }) =>
    wanted.every(([name, value]) => ContainerSpec?.Labels?.[name] === value),
  ).length;
}

/** The nodes of the swarm. */
export async function listNodes(engine: Engine): Promise<SwarmNode[]> {
  const ids = toLines(await engine.run(["node", "ls", "--quiet"]));
  const found = await inspect<{ ID: string; Description: { Hostname: string }; Status: { State: string } }>(
    engine,
    "node",
    ids,
  );
  return found.map(({ ID: id, Description: { Hostname: name }, Status: { State: state } }) => ({
    ...{ id, name, isReady: state === "ready" },
  }));
}

function readTask(told: InspectedTask, service: string): SwarmTask {
  const { ID: id, NodeID: node = "", DesiredState: desired, CreatedAt: createdAt, Status: status } = told;
  const attached = (told.NetworksAttachments ?? []).flatMap(({ Network, Addresses = [] }) =>
    Addresses.slice(0, 1).map((address) => [Network.Spec.Name, address.replace(/\/.*/, "")]),
  );
  return {
    ...{ id, service, node, desired, createdAt, state: status.State },
    message: status.Err ?? status.Message ?? "",
    exitCode: status.ContainerStatus?.ExitCode,
    addresses: Object.fromEntries(attached) as Record<string, string>,
  };
}

/** What the manager says of things; those that are gone are left out. */
async function inspect<Value>(engine: Engine, type: string, ids: string[]): Promise<Value[]> {
  if (ids.length === 0) return [];
  const { code, stdout, stderr } = await engine.attempt([
    "inspect",
    `--type=${type}`,
    "--format={{json .}}",
    ...ids,
  ]);
  if (
    code !== 0 &&
    !stderr
      .trim()
      .split("\n")
      .every((line) => /no such|not found/i.test(line))
  )
    throw new Failure(`docker inspect failed: ${stderr.trim()}`);
  return toLines(stdout).map((line) => JSON.parse(line) as Value);
}

function toLines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
