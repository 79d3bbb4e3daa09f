import type { EngineEvent } from "./engine";

/** What the engine's events tell about the replicas of a stack during an operation. */
export interface Capacity {
  /** Least number of replicas that ran at one time. */
  least: number;
  /** Greatest number. */
  most: number;
  /** What happened in the order of time, such as `die api-1`. */
  steps: string[];
}

/** Counts running replicas along the events, beginning with as many as ran before. */
export function followCapacity(before: number, events: EngineEvent[]): Capacity {
  const relevant = events
    .filter(({ role, action }) => role === "replica" && ["start", "die"].includes(action))
    .sort((left, right) => left.time - right.time);
  let running = before;
  const counts = [before, ...relevant.map(({ action }) => (running += action === "start" ? 1 : -1))];
  return {
    least: Math.min(...counts),
    most: Math.max(...counts),
    steps: relevant.map(({ action, replica }) => `${action} ${replica ?? "?"}`),
  };
}
