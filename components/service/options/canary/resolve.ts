import type { CanaryTask } from "../../../../deploy/canary-settings";
import { Method } from "../../../types";
import type { PlannedPool } from "../../plan";

/** The canaries of a balancer's pools, as its updates are told of them. */
export function resolveCanaries(pools: PlannedPool[]): CanaryTask {
  const canaries = pools.flatMap(({ name, canary, balancing: { method } }) => {
    if (canary === undefined) return [];
    const sharesClients = method === Method.IpHash || method === Method.Hash;
    return [[name, { ...canary, sharesClients }] as const];
  });
  return canaries.length === 0 ? {} : { canaries: Object.fromEntries(canaries) };
}
