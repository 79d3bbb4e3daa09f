import { type Engine, Failure } from "./client";
import { inspectPresent } from "./containers";
import { labelField, labelFilters, labelName, type Labels, readLabels, type Role } from "./labels";

/** A container of a stack. */
export interface Part {
  id: string;
  /** Its name on the engine. */
  name: string;
  /** The name that users have for it: `api-1`, `balancer`, `main`, `main-exporter`, `prometheus`. */
  title: string;
  /** Name of its component. */
  service: string;
  role: Role;
  /** Pool of a replica or worker, and datastore of a server; empty for all else. */
  pool: string;
  store: string;
  /** Title of a server of a datastore or of monitoring; empty for all else. */
  server: string;
  /** Title of a balancer, which several share that have a front; empty for all else. */
  balancer: string;
  /** Whether it is one of several balancers that share a front. */
  sharesFront: boolean;
  state: string;
  /** The word of its health check; undefined where it has none. */
  health: string | undefined;
  /** Whether the engine ended it for want of memory. */
  outOfMemory: boolean;
  exitCode: number;
  /** When it was started last, and when it ended; in milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  createdAt: number;
  restarts: number;
  image: string;
  environment: Record<string, string>;
  /** Bytes that it may use at most; 0 for no limit. */
  memoryLimit: number;
  /** Networks that it is on, by name. */
  networks: Record<string, { address: string; aliases: string[] }>;
  volumes: { name: string; path: string }[];
  /** Ports of the host that lead to it. */
  published: { address: string; port: number; inside: string }[];
}

/** All containers of a stack, named `project/stack`, in the order of what users call them. */
export async function listParts(engine: Engine, stack: string): Promise<Part[]> {
  const args = ["ps", "--all", "--quiet", "--no-trunc", ...labelFilters({ stack })];
  const { code, stdout, stderr } = await engine.attempt(args);
  if (code !== 0)
    throw new Failure(
      `The engine${engine.host === undefined ? "" : ` ${engine.host}`} cannot be asked: ${stderr.trim()}`,
    );
  return readParts(
    engine,
    stdout.split("\n").filter((id) => id !== ""),
  );
}

/** Containers by their ids, in the same order, without those that are gone. */
export async function readParts(engine: Engine, ids: string[]): Promise<Part[]> {
  const found = await inspectPresent<Inspected>(engine, "{{json .}}", ids);
  return found.map(readPart).sort((one, other) => compare(sortKey(one), sortKey(other)));
}

/** Stacks that the engine has anything of. */
export async function listStacks(engine: Engine): Promise<string[]> {
  const format = `--format=${labelField("stack")}`;
  const { stdout } = await engine.attempt(["ps", "--all", format, `--filter=label=${labelName("stack")}`]);
  return [...new Set(stdout.split("\n").filter((line) => line !== ""))].sort();
}

/** References of images, by their ids: the first name that each has. */
export async function nameImages(engine: Engine, ids: string[]): Promise<Map<string, string>> {
  const known = [...new Set(ids)];
  if (known.length === 0) return new Map();
  const format = "--format=[{{json .Id}},{{json .RepoTags}},{{json .RepoDigests}}]";
  const { stdout } = await engine.attempt(["image", "inspect", format, ...known]);
  return new Map(
    stdout.split("\n").flatMap((line) => {
      if (line === "") return [];
      const [id, tags, digests] = JSON.parse(line) as [string, string[] | null, string[] | null];
      const [name] = [...(tags ?? []), ...(digests ?? [])];
      return name === undefined ? [] : [[id, name] as const];
    }),
  );
}

/** The part of `docker inspect` that is of use. */
export interface Inspected {
  Id: string;
  Name: string;
  Created: string;
  Image: string;
  RestartCount: number;
  State: {
    Status: string;
    OOMKilled: boolean;
    ExitCode: number;
    StartedAt: string;
    FinishedAt: string;
    Health?: { Status: string } | null;
  };
  Config: { Labels: Record<string, string> | null; Env: string[] | null };
  HostConfig: { Memory: number };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string }[];
  NetworkSettings: {
    Networks: Record<string, { IPAddress: string; Aliases: string[] | null }>;
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
  };
}

/** Reads what the engine says of a container. */
export function readPart(told: Inspected): Part {
  const labels = readLabels(told.Config.Labels);
  const { service = "", role = "replica", pool = "", store = "", server = "", balancer = "" } = labels;
  const { State: state, NetworkSettings: net } = told;
  return {
    id: told.Id,
    name: told.Name.replace(/^\//, ""),
    title: titleOf(labels),
    ...{ service, role, pool, store, server, balancer, sharesFront: labels.number !== undefined },
    state: state.Status,
    health: state.Health?.Status,
    outOfMemory: state.OOMKilled,
    exitCode: state.ExitCode,
    startedAt: Date.parse(state.StartedAt),
    endedAt: Date.parse(state.FinishedAt),
    createdAt: Date.parse(told.Created),
    restarts: told.RestartCount,
    image: told.Image,
    environment: Object.fromEntries(
      (told.Config.Env ?? []).map((each) => {
        const at = each.indexOf("=");
        return [each.slice(0, at), each.slice(at + 1)];
      }),
    ),
    memoryLimit: told.HostConfig.Memory,
    networks: Object.fromEntries(
      Object.entries(net.Networks).map(([name, { IPAddress: address, Aliases: aliases }]) => [
        name,
        // The engine adds the container's own id.
        { address, aliases: (aliases ?? []).filter((alias) => !told.Id.startsWith(alias)) },
      ]),
    ),
    volumes: told.Mounts.map(({ Name, Source, Destination }) => ({
      name: Name ?? Source,
      path: Destination,
    })),
    published: Object.entries(net.Ports ?? {}).flatMap(([inside, places]) =>
      (places ?? []).map(({ HostIp, HostPort }) => ({ address: HostIp, port: Number(HostPort), inside })),
    ),
  };
}

/** The name that users have for a container. */
export function titleOf({ replica, balancer, number, store, server = "" }: Labels): string {
  if (replica !== undefined) return replica;
  if (balancer !== undefined) return number === undefined ? balancer : `${balancer}-${number}`;
  if (store === undefined) return server;
  // An only server has no number.
  const rest = server.replace(/^server-?/, "");
  return rest === "" ? store : `${store}-${rest}`;
}

const order: Role[] = ["balancer", "replica", "worker", "store", "store-companion", "store-backup"];

/** Balancers, pools, datastores with what they have beside them, monitoring; numbers in their order. */
function sortKey({ role, service, pool, store, title, createdAt }: Part): string {
  const at = role === "monitoring" ? 9 : store === "" ? order.indexOf(role) : 5;
  const rank = order.includes(role) ? order.indexOf(role) : 8;
  const number = title.replaceAll(/\d+/g, (digits) => digits.padStart(6, "0"));
  return [at, service, pool, store, rank, number, String(createdAt).padStart(15, "0")].join("\t");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
