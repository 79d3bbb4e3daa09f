import type { Problem } from "../../arguments/problems";
import { type Rule, whole } from "../../arguments/schema-parts";
import { Strategy } from "../../types";

/** Most replicas of a pool; with more of them one host is not what helps. */
export const mostReplicas = 1000;

/** The number of replicas of a pool. */
export const replicas = whole(1, mostReplicas, `Set a number from 1 to ${mostReplicas}, or remove the pool.`);

/** Most containers on one of Docker's networks, which is a bridge of Linux. */
const bridgeRoom = 1023;

/** A pool's part in how full a network is. */
interface Crowd {
  port?: number | undefined;
  replicas?: number | undefined;
  strategy?: Strategy | undefined;
  reachableFrom?: string[] | undefined;
}

/** The rule that a network has room for a pool's old and new replicas, and for the balancer. */
export const roomRule: Rule<{ pools: Record<string, Crowd> }> = {
  needs: ["pools.*.replicas", "pools.*.strategy", "pools.*.port", "pools.*.reachableFrom"],
  find: ({ pools }) => {
    const named = Object.entries(pools);
    const open = named.filter(
      ([, { port, reachableFrom }]) => port !== undefined && reachableFrom === undefined,
    );
    const others = named.filter((entry) => !open.includes(entry)).map((entry) => [entry]);
    return [open, ...others].flatMap(findTooMany);
  },
};

/** Finds that those who share a network are too many for it while an update runs. */
function findTooMany(sharing: [string, Crowd][]): Problem[] {
  const counts = sharing.map(([name, crowd]) => ({ name, crowd, most: countMost(crowd) }));
  const [largest] = [...counts].sort((one, other) => other.most - one.most);
  const all = counts.reduce((sum, { most }) => sum + most, 1);
  if (largest === undefined || all <= bridgeRoom) return [];
  return [
    {
      path: ["pools", largest.name, "replicas"],
      value: largest.crowd.replicas,
      rule: `leave room in its network, which takes ${bridgeRoom} containers: while an update runs there are ${all}`,
      remedy: "Set fewer, or the strategy rolling, which has one more at a time and not twice as many.",
    },
  ];
}

function countMost({ replicas: count = 1, strategy }: Crowd): number {
  return strategy === Strategy.Rolling ? count + 1 : count * 2;
}
