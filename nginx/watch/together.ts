import { addHours, type Minute } from "./hour";
import { findHour } from "./hours";
import type { Counters } from "./metrics";
import { askPeers } from "./peers";
import type { WatchSettings } from "./settings";
import type { Replica } from "./replicas";
import type { ReplicaStatus } from "./status";

/** The counts of a balancer, as those that share its network ask for them. */
export interface Counted {
  counts: [key: string, value: number][];
  /** The last hour of each of the replicas whose hours are asked for, in their order. */
  hours: Minute[][];
}

/** The counts of this balancer. */
export function readCounted(replicas: Replica[]): Counted {
  const hours = replicas.map(({ upstream, title }) => findHour({ pool: upstream, replica: title }));
  return { counts: [...readCounters()], hours };
}

/** The counters of this balancer alone. */
export function readCounters(): Counters {
  // Without a number it gives no more than 1,024.
  return new Map(ngx.shared.flotilla_counts.items(100_000));
}

/** The counts of all balancers that share a network, as far as they answer; with the hours of some replicas. */
export async function gatherCounted(
  { sharesFront }: WatchSettings,
  replicas: Replica[] = [],
): Promise<Counted[]> {
  const others = sharesFront ? await askPeers("/counted") : [];
  return [readCounted(replicas), ...others.map((text) => JSON.parse(text) as Counted)];
}

/** Adds up counters. */
export function addCounters(all: Pick<Counted, "counts">[]): Counters {
  const sums: Counters = new Map();
  for (const { counts } of all) for (const [key, by] of counts) sums.set(key, (sums.get(key) ?? 0) + by);
  return sums;
}

/** Adds the hours of all to the replicas of a status. */
export function addHourOf(
  replicas: ReplicaStatus[],
  all: Pick<Counted, "hours">[],
): (ReplicaStatus & { hour: Minute[] })[] {
  return replicas.map((replica, index) => ({
    ...replica,
    hour: addHours(all.flatMap(({ hours }) => (hours[index] === undefined ? [] : [hours[index]]))),
  }));
}
