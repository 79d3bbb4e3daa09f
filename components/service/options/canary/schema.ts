import type { z } from "zod";
import {
  amount,
  closed,
  type Fields,
  listOf,
  phrase,
  check,
  type Rule,
  whole,
} from "../../../arguments/schema-parts";
import { type CanaryArgs, type Method, Strategy } from "../../../types";

const stepRule = "be a list of whole numbers from 1 to 99 that grow";

/** Lets new replicas in by steps, each of which has to prove itself. */
export const canary = closed(
  {
    steps: check(
      listOf(whole(1, 99, "All requests go to the new replicas after the last step."), stepRule),
      (steps) => steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0)),
      phrase(stepRule, "Each is per cent of the pool's requests, like [10, 50]."),
    ).default([10, 50]),
    seconds: whole(1, 3600).default(60),
    leastRequests: whole(1, 1_000_000).default(50),
    mostSeconds: whole(1, 86_400).optional(),
    errorPercent: amount(0, 100).default(1),
    slowdown: amount(1, 1000).default(2),
    slowdownSeconds: amount(0, 3600).default(0.05),
    p95Seconds: amount(0.001, 3600).optional(),
  } satisfies Fields<CanaryArgs>,
  "be an object that describes the steps; {} has defaults for all",
  undefined,
  [
    {
      needs: ["seconds", "mostSeconds"],
      find: ({ seconds, mostSeconds }) =>
        mostSeconds === undefined || mostSeconds >= seconds
          ? []
          : [
              {
                path: ["mostSeconds"],
                value: mostSeconds,
                rule: `be at least seconds (${seconds})`,
                remedy: "Set it higher, or seconds lower.",
              },
            ],
    },
  ],
).transform(({ mostSeconds, ...rest }) => ({ ...rest, mostSeconds: mostSeconds ?? rest.seconds * 3 }));

/** The same with everything filled in. */
export type CanarySettings = z.output<typeof canary>;

/** The parts of a pool that decide whether it can have a canary. */
interface Trying {
  canary?: CanarySettings | undefined;
  strategy: Strategy;
  balancing?: { method: Method; sticky?: unknown } | undefined;
}

/** The rules of pools with a canary. */
export const canaryRules: Rule<Trying>[] = [
  {
    needs: ["canary", "strategy"],
    find: ({ canary: set, strategy }) =>
      set === undefined || strategy === Strategy.BlueGreen
        ? []
        : [
            {
              path: ["canary"],
              value: set,
              rule: "be left out where strategy is rolling",
              remedy:
                "One by one, old replicas are gone before the new ones have proven themselves: set strategy to blue-green, or remove it.",
            },
          ],
  },
  {
    needs: ["canary", "balancing.sticky"],
    find: ({ canary: set, balancing }) =>
      set === undefined || balancing?.sticky === undefined
        ? []
        : [
            {
              path: ["canary"],
              value: set,
              rule: "be left out where balancing.sticky is set",
              remedy:
                "Clients with a cookie stay with their replica, whatever the shares are: use the method ip_hash or hash instead of sticky, or remove it.",
            },
          ],
  },
];

/** The rule that requests are counted in front of a pool with a canary. */
export const countedRule: Rule<{
  pools: Record<string, { canary?: unknown; reachableFrom?: unknown }>;
  balancer?: { status: { metrics: boolean } } | undefined;
}> = {
  needs: ["pools.*.canary", "pools.*.reachableFrom", "balancer.status.metrics"],
  find: ({ pools, balancer }) =>
    balancer === undefined || balancer.status.metrics
      ? []
      : Object.entries(pools)
          // The balancer of an internal pool counts whatever the one in front does.
          .filter(([, pool]) => pool.canary !== undefined && pool.reachableFrom === undefined)
          .map(([name, pool]) => ({
            path: ["pools", name, "canary"],
            value: pool.canary,
            rule: "be left out where balancer.status.metrics is false",
            remedy:
              "It is judged by the requests that the balancer counts: set metrics to true, or remove it.",
          })),
};
