import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { provide } from "../../sealed/containers";
import { docker, until } from "../../support/engine";
import { awaitEngine, startNode, type ClusterNode } from "./cluster-node";
import { pullCable } from "./cable";
import { startRegistry, type ClusterRegistry } from "./registry";
import { markAs, nameCluster, removeCluster, removeStrays } from "./strays";

export type { ClusterNode } from "./cluster-node";

/** How a cluster is made. */
export interface ClusterOptions {
  /** Engines. Defaults to 3. */
  nodes?: number;
  /** How many of them are managers, from the first on; the others are workers. Defaults to all that are in the swarm. */
  managers?: number;
  /** How many of them, from the last on, are in no swarm. Defaults to 0. */
  outside?: number;
  /** Ports of each node that are published on 127.0.0.1. */
  publish?: number[];
  /** Whether there is a registry. Defaults to false. */
  registry?: boolean;
  /** Start of the containers' names. Defaults to "flotilla-cluster". */
  prefix?: string;
}

/** Docker engines in containers of the machine's engine, in a swarm of their own. */
export interface Cluster {
  nodes: ClusterNode[];
  /** The first node. */
  manager: ClusterNode;
  registry: ClusterRegistry | undefined;
  /** Gives images of the machine's engine to all nodes. */
  loadImage(...images: string[]): Promise<void>;
  /** Stops every process of a node in the middle of what it does. */
  pause(node: ClusterNode): Promise<void>;
  resume(node: ClusterNode): Promise<void>;
  /** Ends a node as a power cut does. */
  kill(node: ClusterNode): Promise<void>;
  /** Ends a node as a shutdown does. */
  stop(node: ClusterNode): Promise<void>;
  /** Starts a node that has ended, and waits until its engine answers. */
  start(node: ClusterNode): Promise<void>;
  /** Pulls a node's cable: nobody hears of it any more, and it hears of nobody. */
  partition(node: ClusterNode): Promise<void>;
  heal(node: ClusterNode): Promise<void>;
  /** Waits until the first of these nodes that answers calls so many nodes ready; gives the seconds. */
  awaitReady(count: number, asked?: ClusterNode): Promise<number>;
  /** Removes all of it. */
  end(): Promise<void>;
}

/** Starts a cluster. It never touches the swarm mode of the machine's own engine. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  await removeStrays();
  await provide("docker", ...(options.registry === true ? ["registry"] : []));
  const id = nameCluster();
  try {
    return await build(id, options);
  } catch (error) {
    await removeCluster(id);
    throw error;
  }
}

/** Starts a cluster for the tests of a file, and removes it when they are done. */
export function useCluster(options: ClusterOptions = {}): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster(options);
  });
  afterAll(() => cluster?.end());
  return () => {
    if (cluster === undefined) throw new Error("The cluster is started before the tests.");
    return cluster;
  };
}

async function build(id: string, options: ClusterOptions): Promise<Cluster> {
  const { nodes: count = 3, outside = 0, publish = [], prefix = "flotilla-cluster" } = options;
  const mark = markAs(id);
  const name = `${prefix}-${id}`;
  const range = await createNetwork(name, mark);
  const nodes: ClusterNode[] = [];
  for (let number = 1; number <= count; number++) {
    const [container, address] = [`${name}-${number}`, `${range}.${10 + number}`];
    nodes.push(await startNode({ container, mark, network: name, number, address, publish }));
  }
  const registry = options.registry === true ? await startRegistry(name, mark) : undefined;
  await Promise.all(nodes.map(awaitEngine));
  const inside = nodes.slice(0, count - outside);
  const [manager] = inside;
  if (manager === undefined)
    throw new Error(`Of ${count} nodes, ${outside} outside leave none in the swarm.`);
  await joinAll(manager, inside.slice(1), (options.managers ?? inside.length) - 1);

  const cables = new Map<ClusterNode, () => Promise<void>>();
  const cluster: Cluster = {
    ...{ nodes, manager, registry },
    loadImage: (...images) => loadImages(nodes, images),
    pause: ({ container }) => quietly(docker("pause", container)),
    resume: ({ container }) => quietly(docker("unpause", container)),
    kill: ({ container }) => quietly(docker("kill", container)),
    stop: ({ container }) => quietly(docker("stop", "--time=30", container)),
    start: async (node) => {
      await docker("start", node.container);
      await awaitEngine(node);
    },
    partition: async (node) => {
      cables.set(node, await pullCable(node));
    },
    heal: async (node) => {
      await cables.get(node)?.();
      cables.delete(node);
    },
    awaitReady: (wanted, asked = manager) =>
      until(
        `${wanted} nodes are ready`,
        async () => (await countReady(asked).catch(() => undefined)) === wanted,
        90,
      ),
    end: () => removeCluster(id),
  };
  await cluster.awaitReady(inside.length);
  return cluster;
}

/** Makes the network that the nodes share, and gives the start of its addresses: a fixed one outlives a restart. */
async function createNetwork(name: string, mark: string): Promise<string> {
  for (let tried = 0; tried < 200; tried++) {
    const range = `10.222.${(process.pid + tried) % 200}`;
    try {
      await docker("network", "create", mark, `--subnet=${range}.0/24`, name);
      return range;
    } catch (error) {
      if (!String(error).includes("overlaps")) throw error;
    }
  }
  throw new Error("All networks from 10.222.0.0 to 10.222.199.0 are taken.");
}

/** Makes a swarm of a manager and further nodes, so many of which are managers too. */
async function joinAll(manager: ClusterNode, others: ClusterNode[], managers: number): Promise<void> {
  const own = ({ address }: ClusterNode) => [`--advertise-addr=${address}`, `--listen-addr=${address}:2377`];
  // A pool that is not the network of the nodes.
  const pool = ["--default-addr-pool=10.223.0.0/16", "--default-addr-pool-mask-length=24"];
  await manager.docker("swarm", "init", ...own(manager), ...pool, "--task-history-limit=2");
  const [managerToken, workerToken] = await Promise.all(
    ["manager", "worker"].map((role) => manager.docker("swarm", "join-token", "--quiet", role)),
  );
  // One after the other: each new manager changes who has to agree.
  for (const [index, node] of others.entries()) {
    const token = index < managers ? managerToken : workerToken;
    await node.docker("swarm", "join", ...own(node), `--token=${token}`, `${manager.address}:2377`);
  }
}

async function countReady(asked: ClusterNode): Promise<number> {
  const states = await asked.docker("node", "ls", "--format={{.Status}}");
  return states.split("\n").filter((state) => state === "Ready").length;
}

async function loadImages(nodes: ClusterNode[], images: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-images-"));
  try {
    const file = join(folder, "images.tar");
    await docker("save", `--output=${file}`, ...images);
    await Promise.all(nodes.map((node) => node.docker("load", "--quiet", `--input=${file}`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const quietly = async (work: Promise<unknown>): Promise<void> => {
  await work;
};
