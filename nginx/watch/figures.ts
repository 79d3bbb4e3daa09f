import type { Comparison } from "../comparison";
import { bounds, keyOf } from "./counters";
import type { Facts } from "./facts";
import type { Counters } from "./metrics";
import type { WatchSettings } from "./settings";
import type { ReplicaStatus } from "./status";

/** All that a balancer knows of itself, for who runs the stack. */
export interface Figures extends Facts {
  replicas: ReplicaStatus[];
  pools: PoolFigures[];
  /** While an update compares new replicas with old ones. */
  canary?: Comparison;
}

/** The answers of a pool, as its clients saw them, since the balancer was started. */
export interface PoolFigures {
  pool: string;
  requests: number;
  /** Those of 5xx. */
  failed: number;
  /** How many took how long, in the classes of `bounds`, the last one for what took longer; without streams. Earlier versions do not say it. */
  durations?: number[];
}

/** Adds up what clients of each pool were answered. */
export function summarizePools(
  counters: Counters,
  { upstreams }: Pick<WatchSettings, "upstreams">,
): PoolFigures[] {
  const rows = [...counters].map(([key, value]) => ({ parts: key.split("\t"), value }));
  return upstreams.map(({ name }) => {
    const own = rows.filter(({ parts: [metric, upstream] }) => metric === "requests" && upstream === name);
    const sum = (some: typeof own): number => some.reduce((total, { value }) => total + value, 0);
    return {
      pool: name,
      requests: sum(own),
      failed: sum(own.filter(({ parts: [, , , answers = ""] }) => answers.startsWith("5"))),
      durations: [...bounds, Infinity].map((_, i) => counters.get(keyOf("seconds", name, String(i))) ?? 0),
    };
  });
}
