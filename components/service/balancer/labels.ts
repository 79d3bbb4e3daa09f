import type { Labels } from "../../../engine/labels";

/** The labels of a balancer's container. */
export function balancerLabels(title: string): Labels {
  return { role: "balancer", balancer: title };
}
