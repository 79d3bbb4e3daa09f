/** Steps within each doubling: a duration is known to one part in 64. */
const steps = 64;

/** Durations that are between two bounds, in milliseconds. */
export interface DurationClass {
  from: number;
  to: number;
  count: number;
}

/** Counts durations in classes that are narrow for short ones and wide for long ones, however many there are. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #sum = 0;
  #max = 0;

  /** Counts a duration in milliseconds. */
  add(milliseconds: number): void {
    const index = indexOf(Math.max(0, Math.round(milliseconds * 1000)));
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1);
    this.#total += 1;
    this.#sum += milliseconds;
    this.#max = Math.max(this.#max, milliseconds);
  }

  get total(): number {
    return this.#total;
  }

  /** The longest. */
  get max(): number {
    return this.#max;
  }

  get mean(): number {
    return this.#total === 0 ? 0 : this.#sum / this.#total;
  }

  /** A duration that this share of all does not exceed; 0 where there is none. */
  percentile(share: number): number {
    const rank = Math.ceil(this.#total * share);
    let passed = 0;
    for (const { to, count } of this.classes()) {
      passed += count;
      if (passed >= rank) return Math.min(to, this.#max);
    }
    return this.#max;
  }

  /** The classes that have any, the shortest durations first. */
  classes(): DurationClass[] {
    return [...this.#counts]
      .sort(([one], [other]) => one - other)
      .map(([index, count]) => ({ ...boundsOf(index), count }));
  }
}

/** The classes of whole microseconds come first; from there on each doubling has its steps. */
function indexOf(microseconds: number): number {
  if (microseconds < 2 * steps) return microseconds;
  const doublings = Math.floor(Math.log2(microseconds)) - Math.log2(steps);
  return doublings * steps + Math.floor(microseconds / 2 ** doublings);
}

function boundsOf(index: number): { from: number; to: number } {
  const doublings = index < 2 * steps ? 0 : Math.floor(index / steps) - 1;
  const width = 2 ** doublings;
  const from = (index - doublings * steps) * width;
  return { from: from / 1000, to: (from + width) / 1000 };
}
