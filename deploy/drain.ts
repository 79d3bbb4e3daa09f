import { findAddresses } from "./addresses";
import { findBalancer, inBalancer } from "./balancer";
import type { Engine } from "../engine/client";
import { composeShell } from "../engine/shell";
import { nameSocket } from "./sockets";
import type { BalancerPlace, Leaving } from "./tasks";
import { waitUntilIdleSh } from "./texts";

/**
 * Waits until no request can be under way on a replica that is out of the configuration, and until its streams have had their
 * time. Connections to it alone do not tell: a client of an old worker may send a body for long, or nothing for a while, and
 * the worker would then choose this replica.
 */
export async function drain(engine: Engine, place: BalancerPlace, leaving: Leaving): Promise<string> {
  const { replica, drainSeconds } = leaving;
  const balancer = await findBalancer(engine, place);
  if (balancer === undefined) return `${replica}: no balancer runs, so nothing is under way`;
  const addresses = await findAddresses(engine, place.network, [replica]);
  const address = addresses.get(replica) ?? "";
  if (address === "") return `${replica}: not running, so nothing is under way`;
  const script = composeShell(
    {
      proc: "/proc",
      peer: nameSocket(address, leaving.port),
      drain_seconds: drainSeconds,
      stream_seconds: leaving.streamSeconds,
    },
    waitUntilIdleSh,
  );
  // Nobody else may see what the workers hold, root neither.
  const user = await inBalancer(engine, balancer, findWorkersUser);
  const output = await inBalancer(engine, balancer, script, {
    seconds: drainSeconds + 60,
    ...(user === "" ? {} : { user }),
  });
  const [seconds = "?", requests, streams, asking] = output.split(" ");
  const left = [
    ...(requests === "0" ? [] : [`${requests ?? "?"} requests are cut`]),
    ...(asking === "0" ? [] : [`${asking ?? "?"} clients of before may still ask`]),
    ...(streams === "0" ? [] : [`${streams ?? "?"} streams are left to the application's end`]),
  ];
  return `${replica}: drained in ${[`${seconds} s`, ...left].join("; ")}`;
}

const findWorkersUser = [
  "for process in /proc/[0-9]*; do",
  "  ! grep -q '^nginx: worker process' $process/cmdline 2>/dev/null || stat -c %u $process",
  "done | sed 1q",
].join("\n");
