import { inBalancer } from "./balancer";
import type { Engine } from "../engine/client";
import { composeShell } from "../engine/shell";
import { fleetOf } from "./fleet-of";
import { nameSocket } from "./sockets";
import { tellOf } from "./progress";
import type { Draining, Leaving } from "./tasks";
import { waitUntilIdleSh } from "./texts";

/** The containers of a balancer that run, and the network on which it reaches its replicas. */
interface RunningBalancers {
  balancers: string[];
  network: string;
}

/**
 * Waits until no request can be under way on replicas that are out of the configuration, and until their streams have had their
 * time; gives a line for each. Connections to them alone do not tell: a client of an old worker may send a body for long, or
 * nothing for a while, and the worker would then choose one of them.
 */
export async function drain(
  engine: Engine,
  { balancers, network }: RunningBalancers,
  { port, drainSeconds, streamSeconds }: Draining,
  replicas: Leaving[],
): Promise<string[]> {
  if (replicas.length === 0) return [];
  const names = replicas.map(({ replica }) => replica);
  const addresses = await fleetOf(engine).findAddresses(network, names);
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
  const found = await Promise.all(
    balancers.map((balancer) =>
      waitInside(engine, balancer, script, drainSeconds + 60).catch(async (error: unknown) => {
        // With one of several that has ended meanwhile, its workers have.
        if (await fleetOf(engine).isRunning(balancer)) throw error;
        return new Map<string, number[]>();
      }),
    ),
  );
  return running.map(({ title, peer }) =>
    tellOf(title, "drained", ` in ${describeLeft(found.map((left) => left.get(peer) ?? []))}`),
  );
}

/** Waits by what one container sees; gives what is left of each replica, by its address. */
async function waitInside(
  engine: Engine,
  balancer: string,
  script: string,
  seconds: number,
): Promise<Map<string, number[]>> {
  // Nobody else may see what the workers hold, root neither.
  const user = await inBalancer(engine, balancer, findWorkersUser);
  const output = await inBalancer(engine, balancer, script, { seconds, ...(user === "" ? {} : { user }) });
  return new Map(
    output.split("\n").map((line) => {
      const [peer = "", ...left] = line.split(" ");
      return [peer, left.map(Number)];
    }),
  );
}

/** Those that share a network see the same connections, but each only its own workers. */
function describeLeft(found: number[][]): string {
  const most = (index: number): number => Math.max(0, ...found.map((left) => left[index] ?? 0));
  const [seconds, requests, streams, asking] = [most(0), most(1), most(2), most(3)];
  return [
    `${seconds} s`,
    ...(requests === 0 ? [] : [`${requests} requests are cut`]),
    ...(asking === 0 ? [] : [`${asking} clients of before may still ask`]),
    ...(streams === 0 ? [] : [`${streams} streams are left to the application's end`]),
  ].join("; ");
}

const findWorkersUser = [
  "for process in /proc/[0-9]*; do",
  "  ! grep -q '^nginx: worker process' $process/cmdline 2>/dev/null || stat -c %u $process",
  "done | sed 1q",
].join("\n");
