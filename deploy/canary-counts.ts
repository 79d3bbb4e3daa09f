import type { Engine } from "../engine/client";
import { composeShell } from "../engine/shell";
import type { Compared, Comparison } from "../nginx/comparison";
import { inBalancer } from "./balancer";
import { controlValues } from "./control";
import { canaryCountsSh, fetchSh } from "./texts";

/** Counts of balancers in a step. */
export interface Counts extends Pick<Comparison, "pools" | "replicas"> {
  /** Containers that a balancer gives no requests, because they failed its health check. */
  out: string[];
  /** Whether a balancer has put back what was live before. */
  isUndone: boolean;
}

/** The part of a balancer's figures that is read. */
interface ReadFigures {
  replicas: { container: string; state: string }[];
  canary?: Comparison;
}

/** Seconds without a look after which a balancer takes the update for one that was killed. */
const patienceSeconds = 30;

/** Reads what balancers have counted in a step, and has each wait on. */
export async function readCounts(engine: Engine, balancers: string[], id: string): Promise<Counts> {
  const script = composeShell(
    { ...controlValues, more_seconds: patienceSeconds, id },
    fetchSh,
    canaryCountsSh,
  );
  const texts = await Promise.all(
    balancers.map((balancer) => inBalancer(engine, balancer, script, { seconds: 60 })),
  );
  return addCounts(
    texts.map((text) => (text === "undone" ? undefined : (JSON.parse(text) as ReadFigures))),
    id,
  );
}

/** Adds up what several balancers say; one that has put things back says nothing. */
export function addCounts(figures: (ReadFigures | undefined)[], id: string): Counts {
  const counts: Counts = { pools: {}, replicas: {}, out: [], isUndone: figures.includes(undefined) };
  for (const each of figures) {
    if (each === undefined) continue;
    counts.out.push(
      ...each.replicas.filter(({ state }) => state === "out").map(({ container }) => container),
    );
    // Right after a reload it may still be another step's.
    if (each.canary?.id !== id) continue;
    for (const [pool, { fresh, old }] of Object.entries(each.canary.pools)) {
      const before = counts.pools[pool];
      counts.pools[pool] = { fresh: add(before?.fresh, fresh), old: add(before?.old, old) };
    }
    for (const [name, { requests, failed }] of Object.entries(each.canary.replicas)) {
      const before = counts.replicas[name];
      counts.replicas[name] = {
        requests: (before?.requests ?? 0) + requests,
        failed: (before?.failed ?? 0) + failed,
      };
    }
  }
  return counts;
}

function add(one: Compared | undefined, other: Compared): Compared {
  if (one === undefined) return other;
  const classes = { ...one.classes };
  for (const [fineClass, count] of Object.entries(other.classes))
    classes[fineClass] = (classes[fineClass] ?? 0) + count;
  return { requests: one.requests + other.requests, failed: one.failed + other.failed, classes };
}
