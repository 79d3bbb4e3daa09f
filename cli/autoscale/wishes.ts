import type { Scaling } from "../../stack/scaling";
import { type Measure, measures, type PoolLook } from "./look";

/** The number of replicas that a measure asks for. */
export interface Wish {
  by: Measure;
  /** Undefined where the figure cannot be had. */
  count: number | undefined;
  measured: number | null;
  /** The figure above which more are wanted. */
  target: number;
}

/** How much of its target a figure may reach after a step down, so that none up follows. */
const margin = 0.9;

/** The number that each measure asks for by which a pool is scaled. */
export function listWishes(scaling: Scaling, look: PoolLook): Wish[] {
  const targets: Record<Measure, number | false> = {
    cpu: scaling.cpuPercent,
    requests: scaling.requestsPerMinute,
    memory: scaling.memoryPercent,
    response: scaling.responseSeconds,
    errors: scaling.errorPercent,
  };
  return measures.flatMap((by): Wish[] => {
    const [target, measured] = [targets[by], look.figures[by]];
    if (target === false) return [];
    const count = measured === null ? undefined : countWished(by, measured, target, look, scaling);
    return [{ by, count, measured, target }];
  });
}

function countWished(
  by: Measure,
  measured: number,
  target: number,
  { replicas, well, memories }: PoolLook,
  { idleCpuPercent }: Scaling,
): number {
  if (measured > target) {
    // One more than there are says enough where more of them do not share what there is.
    if (by === "response" || by === "errors") return replicas + 1;
    // Those that do not serve yet will have a part of it.
    return Math.max(replicas, Math.ceil((well * measured) / target));
  }
  switch (by) {
    case "cpu":
      return measured < idleCpuPercent ? countFewer(replicas, measured, target) : replicas;
    case "requests":
      return countFewer(replicas, measured, target);
    case "memory":
      return countKept(memories, target);
    case "response":
    case "errors":
      return 1;
  }
}

/** The fewest that stay clear of the target. */
function countFewer(replicas: number, measured: number, target: number): number {
  return Math.max(1, Math.min(replicas, Math.ceil((replicas * measured) / (target * margin))));
}

/** The fewest whose memory is below the target as it is: what a replica has taken, it seldom gives back. */
function countKept(memories: number[], target: number): number {
  let sum = 0;
  for (const [i, memory] of memories.entries()) {
    sum += memory;
    if (sum / (i + 1) <= target) return i + 1;
  }
  return memories.length;
}
