import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { docker, until } from "../../support/engine";
import { findFreePort } from "../../support/ports";
import { findStandIn } from "../../sealed/containers";

const run = promisify(execFile);
/** Image of an engine. */
export const engineImage = findStandIn("docker").image;
const script = readFileSync(join(__dirname, "engine-node.sh"), "utf8");

/** A Docker engine in a container of the machine's engine. */
export interface ClusterNode {
  /** Its host name, which is the node's name in the swarm. */
  name: string;
  /** Container on the machine's engine. */
  container: string;
  /** Where its engine answers, for DOCKER_HOST. */
  host: string;
  /** In the network that the nodes share; this machine reaches it too where it runs Linux. */
  address: string;
  /** Port of 127.0.0.1 that leads to a port of the node. */
  publishedPort(port: number): number;
  /** Runs a `docker` command on its engine and gives what it printed. */
  docker(...args: string[]): Promise<string>;
}

/** What a node is made of. */
export interface NodeOptions {
  /** Name of the container on the machine's engine. */
  container: string;
  /** Marks what belongs to the cluster. */
  mark: string;
  network: string;
  /** From 1 on: its address and the ranges of its engine follow from it. */
  number: number;
  address: string;
  /** Ports of the node that are published on 127.0.0.1. */
  publish: number[];
}

/** What containers in a container need. Not --privileged: that asks for rights which a container of a virtual machine may lack. */
const rights = [
  ...["--init", "--cgroupns=private", "--cap-add=ALL", "--cap-drop=SYS_RESOURCE"],
  ...["seccomp", "apparmor", "systempaths"].map((option) => `--security-opt=${option}=unconfined`),
  "--device-cgroup-rule=a *:* rwm",
  ...["--tmpfs=/run", "--tmpfs=/tmp"],
];

/** Starts the container of a node; its engine answers later. */
export async function startNode(options: NodeOptions): Promise<ClusterNode> {
  const { container, mark, network, number, address, publish } = options;
  const name = `node-${number}`;
  const ports = new Map<number, number>();
  for (const port of [2375, ...publish]) ports.set(port, await findFreePort());
  await docker("volume", "create", mark, container);
  await docker(
    ...["run", "--detach", `--name=${container}`, `--hostname=${name}`, mark, ...rights],
    ...[`--network=${network}`, `--ip=${address}`, `--network-alias=${name}`],
    ...[...ports].map(([inside, outside]) => `--publish=127.0.0.1:${outside}:${inside}`),
    // The layers of images need a file system of the machine's own.
    ...[`--volume=${container}:/var/lib/docker`, `--env=NODE=${number}`],
    ...["--entrypoint=sh", engineImage, "-c", script],
  );
  const publishedPort = (port: number): number => {
    const published = ports.get(port);
    if (published === undefined) throw new Error(`Port ${port} of ${name} is not among the published ones.`);
    return published;
  };
  const host = `tcp://127.0.0.1:${publishedPort(2375)}`;
  const ask = async (...args: string[]) => {
    const { stdout } = await run("docker", [`--host=${host}`, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  };
  return { name, container, host, address, publishedPort, docker: ask };
}

/** Waits until the engine of a node answers; gives the seconds. */
export async function awaitEngine(node: ClusterNode): Promise<number> {
  return until(`the engine of ${node.name} answers`, async () => {
    if ((await docker("inspect", "--format={{.State.Running}}", node.container)) !== "true")
      throw new Error(`${node.name} ended:\n${await readLog(node)}`);
    return node.docker("info", "--format={{.ID}}").then(
      (id) => id !== "",
      () => false,
    );
  });
}

async function readLog({ container }: ClusterNode): Promise<string> {
  const { stdout, stderr } = await run("docker", ["logs", "--tail=20", container]);
  return stdout + stderr;
}
