import { findAddresses } from "./addresses";
import { findBalancer, inBalancer } from "./balancer";
import type { Engine } from "../engine/client";
import { composeShell } from "../engine/shell";
import { nameSocket } from "./sockets";
import type { BalancerPlace, Leaving } from "./tasks";
import { waitUntilIdleSh } from "./texts";

/**
 * Waits until no request can be under way on a replica that is out of the configuration. Connections alone do not tell:
 * an idle client stays on an old worker for a while and may ask again, and the worker would choose this replica.
 */
export async function drain(engine: Engine, place: BalancerPlace, leaving: Leaving): Promise<string> {
  const balancer = await findBalancer(engine, place);
  if (balancer === undefined) return `${leaving.replica}: no balancer runs, so nothing is under way`;
  const addresses = await findAddresses(engine, place.network, [leaving.replica]);
  const address = addresses.get(leaving.replica) ?? "";
  if (address === "") return `${leaving.replica}: not running, so nothing is under way`;
  const script = composeShell(
    {
      peer: nameSocket(address, leaving.port),
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
