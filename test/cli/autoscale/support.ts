import { decide, type Decision, type Past, type ScaledPool } from "../../../cli/autoscale/decide";
import type { PoolLook } from "../../../cli/autoscale/look";
import { readScaling, type Scaling } from "../../../stack/scaling";

/** A Saturday, at noon in UTC. */
export const noon = Date.parse("2026-11-28T12:00:00Z");

/** A pool that is scaled between 1 and 8, by what is usual and by what is said. */
export function makePool(own: Partial<Scaling> = {}, bounds = { min: 1, max: 8 }): ScaledPool {
  const pool = { port: 3000, limits: { memoryMiB: 256 } };
  const { scaling, problems } = readScaling([], own, bounds, pool);
  if (scaling === undefined) throw new Error(JSON.stringify(problems));
  return { pool: "api", ...bounds, scaling };
}

/** A look at a pool that has nothing special about it. */
export function makeLook(
  own: Partial<Omit<PoolLook, "figures">> & Partial<PoolLook["figures"]> = {},
): PoolLook {
  const { cpu = 50, requests = 100, memory = 40, response = 0.05, errors = 0, ...rest } = own;
  const { replicas = 2, well = replicas } = rest;
  return {
    ...{ at: noon, replicas, well, isSettled: well === replicas },
    figures: { cpu, requests, memory, response, errors },
    memories: new Array<number>(well).fill(memory ?? 0),
    load: requests === null ? null : requests * well,
    ...rest,
  };
}

/** A pool over some time, whose replicas are always as many as was decided. */
export function play(
  pool: ScaledPool,
  { replicas, seconds, every = 15 }: { replicas: number; seconds: number; every?: number },
  look: (second: number, replicas: number) => Parameters<typeof makeLook>[0],
): { steps: [second: number, to: number][]; last: Decision; past: Past } {
  const steps: [number, number][] = [];
  let [count, past, last]: [number, Past | undefined, Decision | undefined] = [
    replicas,
    undefined,
    undefined,
  ];
  for (let second = 0; second <= seconds; second += every) {
    const at = noon + second * 1000;
    const { decision, past: next } = decide(
      pool,
      makeLook({ at, replicas: count, ...look(second, count) }),
      past,
    );
    [past, last] = [next, decision];
    if (decision.to !== count) steps.push([second, decision.to]);
    count = decision.to;
  }
  if (past === undefined || last === undefined) throw new Error("Nothing was looked at.");
  return { steps, last, past };
}
