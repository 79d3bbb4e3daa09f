import { listChanges, readContainers } from "../plan";
import type { Plan } from "../printed-plan";

/** Most changes that are named. */
const most = 3;

/**
 * The changes that would be deployed besides numbers. Where a deployment of numbers was not finished, what is left of it counts
 * for none: replicas of these pools that come or go, and what goes along with them.
 */
export function findStrays(plan: Plan, pools: string[], isUnfinished: boolean): string[] {
  const changes = isUnfinished ? listOtherContainers(plan, pools) : listChanges(plan);
  const named = changes.slice(0, most).map(({ name, change }) => `${name} would be ${change}`);
  return changes.length > most ? [...named, `and ${changes.length - most} more`] : named;
}

function listOtherContainers(plan: Plan, pools: string[]): { name: string; change: string }[] {
  return readContainers(plan).filter(({ change, labels }) => {
    if (change === "same") return false;
    const comesOrGoes = change === "created" || change === "deleted";
    return !(comesOrGoes && pools.includes(labels.pool ?? ""));
  });
}
