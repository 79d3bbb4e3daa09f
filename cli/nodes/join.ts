import { setTimeout as wait } from "node:timers/promises";
import { type AskApi, askApi } from "../../engine/ask-api";
import { connect, type Engine } from "../../engine/client";
import { type OwnSwarm, readSwarm, type SwarmNode } from "../../engine/swarm-nodes";
import { Failure, Misuse } from "../failure";
import type { FoundSwarm } from "./find";

/** How a machine is to join. */
export interface Joining {
  /** Address of its engine. */
  host: string;
  /** Whether it is to be a manager. */
  manager: boolean;
  /** Where the other nodes reach it; its engine finds that out where it has one address alone. */
  address: string | undefined;
}

/** The address of an engine, of what users write: `user@host`, or as for DOCKER_HOST. */
export function toHost(written: string): string {
  if (/^(?:ssh|tcp):\/\/[^\s/]+$/.test(written)) return written;
  if (/^(?:[\w.-]+@)?[\w.-]+(?::\d+)?$/.test(written)) return `ssh://${written}`;
  throw new Misuse(
    `The node must be user@host, or the address of its engine, got ${JSON.stringify(written)}. Write it like deploy@10.0.0.4.`,
  );
}

/** What an engine says of itself that matters here. */
export interface NewcomerInfo {
  Name: string;
  OSType: string;
  ServerVersion: string;
  LiveRestoreEnabled: boolean;
  Swarm: OwnSwarm;
}

/** The oldest engine that is known to serve. */
const oldestMajor = 20;

/** Why an engine cannot join, and what mends that; nothing where it can. */
export function findObstacles(
  { Name, OSType, ServerVersion, LiveRestoreEnabled, Swarm }: NewcomerInfo,
  nodes: SwarmNode[],
): string[] {
  const known = nodes.find(({ id }) => id === Swarm.NodeID && id !== "");
  if (known !== undefined) return [`${Name} is in the swarm already, as ${known.role}.`];
  const obstacles = [
    OSType === "linux" ? undefined : `Its engine must be one of Linux, got ${OSType}.`,
    parseInt(ServerVersion) >= oldestMajor
      ? undefined
      : `Its engine must be ${oldestMajor}.10 or newer, got ${ServerVersion}. Install a newer one: https://docs.docker.com/engine/install/`,
    LiveRestoreEnabled
      ? "Its engine must not keep containers alive without it, which swarms cannot have. Take live-restore out of /etc/docker/daemon.json there, and start the engine anew."
      : undefined,
    Swarm.LocalNodeState === "inactive"
      ? undefined
      : `It must be in no swarm, got one that is ${Swarm.LocalNodeState} in another. Have it leave, if nobody needs that: docker swarm leave`,
  ];
  return obstacles.flatMap((each) => each ?? []);
}

const joinSeconds = 60;
const ports = "TCP 2377 of the managers, and TCP 7946, UDP 7946 and UDP 4789 of all nodes";

/** Has an engine join a swarm, and waits until it is ready; gives it as a node. */
export async function joinSwarm(
  { engine, swarm }: Pick<FoundSwarm, "engine" | "swarm">,
  { host, manager, address }: Joining,
  ask: AskApi = askApi,
): Promise<SwarmNode> {
  const newcomer = connect({ host, environment: engine.environment });
  const info = (await ask(newcomer, { path: "/info" }).catch(explainUnreachable(host))) as NewcomerInfo;
  const obstacles = findObstacles(info, swarm.nodes);
  if (obstacles.length > 0) throw new Failure(`${info.Name} cannot join.\n${obstacles.join("\n")}`);
  const { JoinTokens: tokens } = (await ask(engine, { path: "/swarm" })) as {
    JoinTokens: { Worker: string; Manager: string };
  };
  await ask(newcomer, {
    method: "POST",
    path: "/swarm/join",
    body: {
      ...{ ListenAddr: "0.0.0.0:2377", AdvertiseAddr: address ?? "", RemoteAddrs: swarm.managers },
      JoinToken: manager ? tokens.Manager : tokens.Worker,
    },
  }).catch(explainJoin(info.Name));
  return awaitReady(engine, newcomer, ask);
}

async function awaitReady(engine: Engine, newcomer: Engine, ask: AskApi): Promise<SwarmNode> {
  const { Swarm: own, Name: name } = (await ask(newcomer, { path: "/info" })) as NewcomerInfo;
  const until = Date.now() + joinSeconds * 1000;
  for (;;) {
    const { nodes } = await readSwarm(engine, ask);
    const node = nodes.find(({ id }) => id === own.NodeID);
    if (node?.state === "ready") return node;
    if (Date.now() > until)
      throw new Failure(
        `${name} has joined, but is not ready after ${joinSeconds} s. The nodes must reach each other: ${ports}.`,
      );
    await wait(500);
  }
}

function explainUnreachable(host: string): (error: unknown) => never {
  const login = /^ssh:\/\/(.*?)(?::(\d+))?$/.exec(host);
  const remedy =
    login === null
      ? `It must answer to: docker --host ${host} version`
      : `Docker must be installed there (https://docs.docker.com/engine/install/), and this must work without a password: ssh ${login[2] === undefined ? "" : `-p ${login[2]} `}${login[1] ?? ""} docker version`;
  return (error) => {
    throw error instanceof Error ? new Failure(`${error.message}\n${remedy}`) : error;
  };
}

function explainJoin(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error)) throw error;
    const remedy = /multiple addresses|advertise/i.test(error.message)
      ? "Say which the other nodes reach: --address <address>"
      : `The nodes must reach each other: ${ports}. Before another try: docker swarm leave --force, on ${name}`;
    throw new Failure(`${error.message}\n${remedy}`);
  };
}
