import { findBalancer, inBalancer, type BalancerPlace } from "./balancer";
import { type Engine, isMissing } from "../engine/client";
import { composeShell } from "../engine/shell";
import { waitUntilIdleSh } from "./texts";

/** A replica that is to go. */
export interface Leaving {
  /** Name of the container. */
  replica: string;
  /** Port it listens on. */
  port: number;
  /** Most seconds to wait. */
  drainSeconds: number;
  /** Seconds that an idle client's connection outlives a reload. */
  keepaliveMinSeconds: number;
}

/**
 * Waits until no request can be under way on a replica that is out of the configuration. Connections alone do not tell:
 * an idle client stays on an old worker for a while and may ask again, and the worker would choose this replica.
 */
export async function drain(engine: Engine, place: BalancerPlace, leaving: Leaving): Promise<string> {
  const balancer = await findBalancer(engine, place);
  if (balancer === undefined) return `${leaving.replica}: no balancer runs, so nothing is under way`;
  const address = await addressOf(engine, leaving.replica, place.network);
  if (address === undefined) return `${leaving.replica}: not running, so nothing is under way`;
  const script = composeShell(
    {
      peer: toHex(address, leaving.port),
      drain_seconds: leaving.drainSeconds,
      idle_seconds: leaving.keepaliveMinSeconds + 2,
    },
    waitUntilIdleSh,
  );
  const output = await inBalancer(engine, balancer, script, leaving.drainSeconds + 60);
  const [seconds, open] = output.split(" ");
  return open === "0"
    ? `${leaving.replica}: drained in ${seconds ?? "?"} s`
    : `${leaving.replica}: ${open ?? "?"} connections cut after ${leaving.drainSeconds} s`;
}

async function addressOf(engine: Engine, container: string, network: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await engine.attempt(["inspect", "--type=container", container]);
  if (code !== 0) {
    if (isMissing(stderr)) return undefined;
    return engine.run(["inspect", "--type=container", container]);
  }
  const [details] = JSON.parse(stdout) as [
    { NetworkSettings: { Networks: Record<string, { IPAddress: string } | undefined> } },
  ];
  const address = details.NetworkSettings.Networks[network]?.IPAddress;
  return address === "" ? undefined : address;
}

/** An address and port as the kernel writes them in /proc/net/tcp: the address's bytes from last to first. */
export function toHex(address: string, port: number): string {
  const hex = (value: number, digits: number): string =>
    value.toString(16).toUpperCase().padStart(digits, "0");
  const bytes = address.split(".").map((part) => hex(Number(part), 2));
  return `${bytes.reverse().join("")}:${hex(port, 4)}`;
}
