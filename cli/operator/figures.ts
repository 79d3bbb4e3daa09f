import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { controlValues } from "../../deploy/control";
import { fetchSh } from "../../deploy/texts";
import { composeShell } from "../../engine/shell";
import { places } from "../../nginx/places";
import type { Figures } from "../../nginx/watch/figures";
import { type Held, heldScript, readHeld } from "./hold";
import { runningBalancers } from "./parts";

/** A look into a balancer. */
export interface BalancerLook {
  balancer: string;
  service: string;
  /** Milliseconds since 1970. */
  at: number;
  /** All that it knows of its pools; undefined where it does not say, as without the watch. */
  figures: Figures | undefined;
  /** The disk that the engine keeps volumes on, in bytes. */
  disk: { used: number; size: number } | undefined;
  /** Pools whose requests it holds. */
  held: Held[];
}

/** Asks on the port that only the container itself reaches: what is published, and to whom, makes no difference. */
const script = composeShell(
  controlValues,
  fetchSh,
  `
figures=$(fetch /figures 2>/dev/null | tail -n 1)
echo "$figures"
df -P -k ${places.live}/.. | tail -n 1
${heldScript}
`,
);

/** Looks into every balancer that runs. */
export function lookIntoBalancers(engine: Engine, parts: Part[]): Promise<BalancerLook[]> {
  return Promise.all(
    chooseOnes(runningBalancers(parts)).map(async ({ id, balancer, service }) => {
      const { stdout } = await engine.inside(id, script, { seconds: 15 }).catch(() => ({ stdout: "" }));
      return { balancer, service, at: Date.now(), ...readLook(stdout) };
    }),
  );
}

/** One of those that share a front knows the figures of all of them. */
function chooseOnes(balancers: Part[]): Part[] {
  const keyOf = ({ service, balancer }: Part): string => `${service}/${balancer}`;
  return balancers.filter(
    (part, index) => balancers.findIndex((each) => keyOf(each) === keyOf(part)) === index,
  );
}

/** Reads what the script prints. */
export function readLook(printed: string): Pick<BalancerLook, "figures" | "disk" | "held"> {
  const [first = "", second = ""] = printed.trimEnd().split("\n");
  const [, size, used, free] = second.split(/ +/).map((field) => Number(field) * 1024);
  return {
    figures: first.startsWith("{") ? (JSON.parse(first) as Figures) : undefined,
    // What is kept for root is neither used nor free.
    disk:
      Number.isFinite(used) && used !== undefined && free !== undefined && size !== undefined
        ? { used, size: used + free }
        : undefined,
    held: readHeld(printed),
  };
}

/** Traffic of a replica or a pool. */
export interface Traffic {
  requests: number;
  failed: number;
  /** None before there are two looks. */
  perSecond: number | null;
}

/** Traffic of the pools, by component and pool. */
export function measurePools(before: BalancerLook[], now: BalancerLook[]): Map<string, Traffic> {
  return measure(before, now, ({ service, figures }) =>
    (figures?.pools ?? []).map(({ pool, requests, failed }) => [`${service}/${pool}`, { requests, failed }]),
  );
}

/** Traffic of the replicas, by container: the tries of requests, of which there may be several. */
export function measureReplicas(before: BalancerLook[], now: BalancerLook[]): Map<string, Traffic> {
  return measure(before, now, ({ figures }) =>
    (figures?.replicas ?? []).map(({ container, requests, errors }) => [
      container,
      { requests, failed: errors },
    ]),
  );
}

/** The look before into the same balancer. */
export function findBefore(before: BalancerLook[], look: BalancerLook): BalancerLook | undefined {
  return before.find(({ balancer, service }) => balancer === look.balancer && service === look.service);
}

type Counted = [key: string, counts: Pick<Traffic, "requests" | "failed">];

function measure(
  before: BalancerLook[],
  now: BalancerLook[],
  list: (look: BalancerLook) => Counted[],
): Map<string, Traffic> {
  return new Map(
    now.flatMap((look) => {
      const last = findBefore(before, look);
      const counted = new Map(last === undefined ? [] : list(last));
      const seconds = last === undefined ? 0 : (look.at - last.at) / 1000;
      return list(look).map(([key, counts]): [string, Traffic] => {
        const more = counts.requests - (counted.get(key)?.requests ?? NaN);
        // A balancer that was started anew counts from zero.
        return [key, { ...counts, perSecond: seconds > 0 && more >= 0 ? more / seconds : null }];
      });
    }),
  );
}
