import type { Part } from "../../engine/parts";
import { bounds } from "../../nginx/watch/counters";
import { type BalancerLook, findBefore } from "../operator/figures";
import { isWell } from "../operator/parts";
import type { Usage } from "../operator/usage";

/** All that a pool may be scaled by. */
export const measures = ["cpu", "requests", "memory", "response", "errors"] as const;

/** One of them. */
export type Measure = (typeof measures)[number];

/** Figures of a pool since the look before; null where one cannot be had. */
export interface PoolLook {
  at: number;
  /** Replicas that it is to have, as it was deployed last. */
  replicas: number;
  /** Replicas that serve: the figures are theirs, on average. */
  well: number;
  /** Whether all serve, and each is there once. */
  isSettled: boolean;
  /** Processors in percent of what a replica may use, requests a minute of one, memory in percent, seconds, failed requests in percent. */
  figures: Record<Measure, number | null>;
  /** Memory in percent of each that serves, in the order of their numbers: those that stay longest first. */
  memories: number[];
  /** The whole load, in requests a minute; null where nobody counts them. */
  load: number | null;
}

/** All that is found out for the looks at pools. */
export interface Found {
  at: number;
  parts: Part[];
  usage: Map<string, Usage>;
  /** Limits of processors, by the ids of containers that have one. */
  coreLimits: Map<string, number>;
  /** Of the look before. */
  before: BalancerLook[];
  now: BalancerLook[];
}

/** Fewest requests between two looks that say how long they take, and how many fail. */
const fewestRequests = 20;

/** Puts together how a pool is that is to have so many replicas. */
export function summarizePool(pool: string, replicas: number, found: Found): PoolLook {
  // One more than there are to be is of an update that has failed, or is under way.
  const own = found.parts.filter((part) => part.pool === pool && numberOf(part) <= replicas);
  const well = own.filter((part) => isWell(part) && !isOut(part, found.now));
  const used = well.flatMap((part) => {
    const usage = found.usage.get(part.id);
    return usage === undefined ? [] : [{ part, usage }];
  });
  const memories = used.flatMap(({ part, usage }) =>
    part.memoryLimit === 0 ? [] : [(usage.memoryBytes / part.memoryLimit) * 100],
  );
  // A container without a limit is measured by one processor, as the alert that advises more replicas does.
  const cpus = used.map(({ part, usage }) => usage.cpuPercent / (found.coreLimits.get(part.id) ?? 1));
  const traffic = countTraffic(pool, found);
  const isCounted = traffic !== undefined && traffic.requests >= fewestRequests;
  const load = traffic === undefined ? null : (traffic.requests / traffic.seconds) * 60;
  return {
    ...{ at: found.at, replicas, well: well.length },
    isSettled: well.length === replicas && own.length === replicas,
    figures: {
      cpu: average(cpus),
      requests: load === null || well.length === 0 ? null : load / well.length,
      memory: average(memories),
      response: traffic === undefined ? null : isCounted ? findP95(traffic.durations) : 0,
      errors: traffic === undefined ? null : isCounted ? (traffic.failed / traffic.requests) * 100 : 0,
    },
    ...{ memories, load },
  };
}

function numberOf({ title }: Part): number {
  return Number(/\d+$/.exec(title)?.[0]);
}

/** Whether a balancer gives a replica no requests. */
function isOut({ name }: Part, looks: BalancerLook[]): boolean {
  return looks.some(({ figures }) =>
    figures?.replicas.some(({ container, state }) => container === name && state === "out"),
  );
}

interface Traffic {
  requests: number;
  failed: number;
  durations: number[];
  seconds: number;
}

/** All that a pool's balancers have counted since the look before; undefined where they do not say it, or have begun anew. */
function countTraffic(pool: string, { before, now }: Found): Traffic | undefined {
  const pairs = now.flatMap((look) => {
    const last = findBefore(before, look);
    const [own, former] = [look, last].map((each) =>
      each?.figures?.pools.find((known) => known.pool === pool),
    );
    return own === undefined ? [] : [{ own, former, seconds: (look.at - (last?.at ?? look.at)) / 1000 }];
  });
  const [first] = pairs;
  if (first === undefined) return undefined;
  const sum: Traffic = { requests: 0, failed: 0, durations: [], seconds: first.seconds };
  for (const { own, former, seconds } of pairs) {
    const durations = own.durations?.map((count, i) => count - (former?.durations?.[i] ?? NaN));
    const requests = own.requests - (former?.requests ?? NaN);
    if (durations === undefined || !(requests >= 0 && seconds > 0)) return undefined;
    sum.requests += requests;
    sum.failed += own.failed - (former?.failed ?? 0);
    sum.durations = durations.map((count, i) => count + (sum.durations[i] ?? 0));
  }
  return sum;
}

/** Seconds within which 95 of 100 requests were answered, as Prometheus estimates it within a class. */
function findP95(durations: number[]): number {
  const wanted = durations.reduce((sum, count) => sum + count, 0) * 0.95;
  let seen = 0;
  for (const [i, count] of durations.entries()) {
    const [from, to] = [bounds[i - 1] ?? 0, bounds[i]];
    // Of those that took longer than all classes, no more is known.
    if (to === undefined) return from;
    if (count > 0 && seen + count >= wanted) return from + (to - from) * ((wanted - seen) / count);
    seen += count;
  }
  return 0;
}

function average(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length;
}
