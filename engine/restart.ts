import type { Labels } from "./labels";

/** Pools whose replicas an update makes anew although nothing of them has changed: `app/api,app/worker`. */
export const restartVariable = "FLOTILLA_RESTART";

/** A pool of a component. */
export interface RestartedPool {
  service: string;
  pool: string;
}

/** Tells the components which pools to restart. */
export function renderRestart(pools: RestartedPool[]): string {
  return [...new Set(pools.map(({ service, pool }) => `${service}/${pool}`))].join(",");
}

/** Whether a container of a component is to be made anew. */
export function isToRestart({ pool }: Labels, service: string, environment = process.env): boolean {
  if (pool === undefined) return false;
  return (environment[restartVariable] ?? "").split(",").includes(`${service}/${pool}`);
}
