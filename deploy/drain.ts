import { findAddresses } from "./addresses";
import { inBalancer } from "./balancer";
import type { Engine } from "../engine/client";
import { composeShell } from "../engine/shell";
import { nameSocket } from "./sockets";
import { tellOf } from "./progress";
import type { Draining, Leaving } from "./tasks";
import { waitUntilIdleSh } from "./texts";

/** A balancer that runs, and the network on which it reaches its replicas. */
interface RunningBalancer {
  balancer: string;
  network: string;
}

/**
 * Waits until no request can be under way on replicas that are out of the configuration, and until their streams have had their
 * time; gives a line for each. Connections to them alone do not tell: a client of an old worker may send a body for long, or
 * nothing for a while, and the worker would then choose one of them.
 */
export async function drain(
  engine: Engine,
  { balancer, network }: RunningBalancer,
  { port, drainSeconds, streamSeconds }: Draining,
  replicas: Leaving[],
): Promise<string[]> {
  if (replicas.length === 0) return [];
  const names = replicas.map(({ replica }) => replica);
  const addresses = await findAddresses(engine, network, names);
  const running = replicas.flatMap(({ replica, title }) => {
    const address = addresses.get(replica) ?? "";
    // In one that does not run nothing is under way.
    return address === "" ? [] : [{ title, peer: nameSocket(address, port) }];
  });
  if (running.length === 0) return [];
  const script = composeShell(
    {
      proc: "/proc",
      peers: running.map(({ peer }) => peer).join(" "),
      drain_seconds: drainSeconds,
      stream_seconds: streamSeconds,
    },
    waitUntilIdleSh,
  );
  // Nobody else may see what the workers hold, root neither.
  const user = await inBalancer(engine, balancer, findWorkersUser);
  const output = await inBalancer(engine, balancer, script, {
    seconds: drainSeconds + 60,
    ...(user === "" ? {} : { user }),
  });
  const left = new Map(output.split("\n").map((line) => [line.replace(/ .*/, ""), line.split(" ").slice(1)]));
  return running.map(({ title, peer }) =>
    tellOf(title, "drained", ` in ${describeLeft(left.get(peer) ?? [])}`),
  );
}

function describeLeft([seconds = "?", requests = "?", streams = "?", asking = "?"]: string[]): string {
  return [
    `${seconds} s`,
    ...(requests === "0" ? [] : [`${requests} requests are cut`]),
    ...(asking === "0" ? [] : [`${asking} clients of before may still ask`]),
    ...(streams === "0" ? [] : [`${streams} streams are left to the application's end`]),
  ].join("; ");
}

const findWorkersUser = [
  "for process in /proc/[0-9]*; do",
  "  ! grep -q '^nginx: worker process' $process/cmdline 2>/dev/null || stat -c %u $process",
  "done | sed 1q",
].join("\n");
