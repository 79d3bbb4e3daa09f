import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../../engine/client";
import { inspectPresent } from "../../engine/containers";
import type { Part } from "../../engine/parts";
import { Failure } from "../failure";
import { type BalancerLook, lookIntoBalancers, measurePools } from "../operator/figures";
import type { DeployedStack } from "../operator/parts";
import { readUsage, type Usage } from "../operator/usage";
import type { Measured, MeasuredPool } from "./plan";

/** Use of containers over some time. */
export interface Sample {
  seconds: number;
  before: BalancerLook[];
  after: BalancerLook[];
  /** By the ids of containers: processors on average, and the most memory. */
  usage: Map<string, Usage>;
}

/** Looks at a stack for so many seconds. */
export async function sample({ engine, parts }: DeployedStack, seconds: number): Promise<Sample> {
  const before = await lookIntoBalancers(engine, parts);
  const startedAt = performance.now();
  const usages: Map<string, Usage>[] = [];
  while (performance.now() - startedAt < seconds * 1000) {
    usages.push(await readUsage(engine, parts));
    // An engine that answers at once has looked at no time.
    await wait(100);
  }
  const after = await lookIntoBalancers(engine, parts);
  return { seconds: (performance.now() - startedAt) / 1000, before, after, usage: average(usages) };
}

function average(usages: Map<string, Usage>[]): Map<string, Usage> {
  const ids = new Set(usages.flatMap((usage) => [...usage.keys()]));
  return new Map(
    [...ids].map((id): [string, Usage] => {
      const own = usages.flatMap((usage) => usage.get(id) ?? []);
      return [
        id,
        {
          cpuPercent: own.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0) / own.length,
          memoryBytes: Math.max(...own.map(({ memoryBytes }) => memoryBytes)),
        },
      ];
    }),
  );
}

/** Limits of processors, by the ids of containers that have one. */
export async function readCoreLimits(engine: Engine, parts: Part[]): Promise<Map<string, number>> {
  const template =
    "[{{json .Id}},{{.HostConfig.NanoCpus}},{{.HostConfig.CpuQuota}},{{.HostConfig.CpuPeriod}}]";
  const ids = parts.map(({ id }) => id);
  const found = await inspectPresent<[string, number, number, number]>(engine, template, ids);
  return new Map(
    found.flatMap(([id, nano, quota, period]): [string, number][] => {
      if (nano > 0) return [[id, nano / 1e9]];
      return quota > 0 ? [[id, quota / (period || 100_000)]] : [];
    }),
  );
}

/** The machine of an engine. */
export async function readMachine(engine: Engine): Promise<Measured["machine"]> {
  const [processors = 0, memoryBytes = 0] = JSON.parse(
    await engine.run(["info", "--format=[{{.NCPU}},{{.MemTotal}}]"]),
  ) as number[];
  return { processors, memoryBytes };
}

/** Fewest requests a second that say what a request costs. */
const fewestPerSecond = 1;

/** Puts together what was measured; `idle` is what was used before there were requests, where that is known. */
export function conclude(
  parts: Part[],
  busy: Sample,
  {
    idle,
    coreLimits,
    machine,
  }: { idle?: Sample; coreLimits: Map<string, number>; machine: Measured["machine"] },
): Measured {
  const running = parts.filter(({ state }) => state === "running");
  const traffic = measurePools(busy.before, busy.after);
  const requestsPerSecond = countClients(parts, busy);
  if (requestsPerSecond < fewestPerSecond)
    throw new Failure(
      `The stack got ${requestsPerSecond.toFixed(2)} requests a second, which is too little to say what one costs. Let it be loaded for a few seconds: add --measure.`,
    );
  const coresOf = (some: Part[], usage = busy.usage): number =>
    some.reduce((sum, { id }) => sum + (usage.get(id)?.cpuPercent ?? 0) / 100, 0);
  const pools = [...new Set(running.filter(({ pool }) => pool !== "").map(keyOf))];
  return {
    ...{ seconds: busy.seconds, requestsPerSecond, machine },
    pools: pools.map((key): MeasuredPool => {
      const own = running.filter((part) => keyOf(part) === key);
      const [first] = own;
      const coreLimit = first && coreLimits.get(first.id);
      return {
        ...{ pool: first?.pool ?? "", replicas: own.length },
        requestsPerSecond: traffic.get(key)?.perSecond ?? 0,
        ...{ cores: coresOf(own), idleCores: idle === undefined ? 0 : coresOf(own, idle.usage) },
        memoryBytes: Math.max(...own.map(({ id }) => busy.usage.get(id)?.memoryBytes ?? 0)),
        ...(coreLimit === undefined ? {} : { coreLimit }),
        ...limitOf(first),
      };
    }),
    others: running
      .filter(({ pool }) => pool === "")
      .map((part) => ({
        ...{ title: part.title, cores: coresOf([part]) },
        memoryBytes: busy.usage.get(part.id)?.memoryBytes ?? 0,
        ...limitOf(part),
        grows: part.role === "balancer" || part.role === "store",
      })),
  };
}

function keyOf({ service, pool }: Part): string {
  return `${service}/${pool}`;
}

function limitOf(part: Part | undefined): { memoryLimit?: number } {
  return part === undefined || part.memoryLimit === 0 ? {} : { memoryLimit: part.memoryLimit };
}

/** Requests a second that came from outside: at the balancers that have a port on their host. */
function countClients(parts: Part[], { before, after }: Sample): number {
  const published = parts.filter(({ role, published }) => role === "balancer" && published.length > 0);
  const isOutside = ({ balancer, service }: BalancerLook): boolean =>
    published.some((part) => part.balancer === balancer && part.service === service);
  const traffic = measurePools(before.filter(isOutside), after.filter(isOutside));
  return [...traffic.values()].reduce((sum, { perSecond }) => sum + (perSecond ?? 0), 0);
}
