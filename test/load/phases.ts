/** A part of a load's time: a request belongs to the operation when any of it was under way meanwhile. */
export type Phase = "before" | "during" | "after";

/** The requests of a phase. */
export interface PhaseReport {
  sent: number;
  failed: number;
  /** The slowest answer, and the one that took longest beyond what its request asked for. */
  slowestMs: number;
  slowestBeyondMs: number;
}

/** How a request ended, in milliseconds since the start of the load. */
interface Ended {
  startedMs: number;
  endedMs: number;
  askedMs?: number | undefined;
  reason?: string | undefined;
}

/** Counts requests by phase. */
export class PhaseCounter {
  readonly #phases: Record<Phase, PhaseReport> = { before: create(), during: create(), after: create() };
  #beganMs = Infinity;
  #finishedMs = Infinity;

  enter(phase: "during" | "after", nowMs: number): void {
    if (phase === "during") this.#beganMs = nowMs;
    else this.#finishedMs = nowMs;
  }

  count({ startedMs, endedMs, askedMs = 0, reason }: Ended): void {
    const name = startedMs >= this.#finishedMs ? "after" : endedMs < this.#beganMs ? "before" : "during";
    const phase = this.#phases[name];
    const latencyMs = endedMs - startedMs;
    phase.sent += 1;
    if (reason !== undefined) phase.failed += 1;
    phase.slowestMs = Math.max(phase.slowestMs, latencyMs);
    phase.slowestBeyondMs = Math.max(phase.slowestBeyondMs, latencyMs - askedMs);
  }

  report(): Record<Phase, PhaseReport> {
    const { before, during, after } = this.#phases;
    return { before: round(before), during: round(during), after: round(after) };
  }
}

function create(): PhaseReport {
  return { sent: 0, failed: 0, slowestMs: 0, slowestBeyondMs: 0 };
}

function round(phase: PhaseReport): PhaseReport {
  const { slowestMs, slowestBeyondMs } = phase;
  return { ...phase, slowestMs: Math.round(slowestMs), slowestBeyondMs: Math.round(slowestBeyondMs) };
}
