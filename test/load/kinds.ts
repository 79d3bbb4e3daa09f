/** What became of all that the clients of a kind did. */
export interface KindReport {
  kind: string;
  sent: number;
  /** Everything but a whole good answer, what was cut included. */
  failed: number;
  /** Of what failed: what had begun to be answered, or was a connection that lasts. */
  cut: number;
  /** What the server refused unread, so that every client of the kind repeats it: no failure, if the repetition is good. */
  repeated: number;
  slowestMs: number;
  /** The first failures, with the second since the start. */
  firstFailures: string[];
  /** Further counts. */
  notes: Record<string, number>;
}

/** Clients of a kind at work. */
export interface RunningKind {
  /** Lets what is under way end, then ends. */
  stop(): Promise<KindReport>;
}

/** How something that was sent ended. */
export interface Ending {
  /** Why it failed; absent when all was good. */
  reason?: string;
  cut?: boolean;
}

const mostFailures = 10;

/** Counts what the clients of a kind do. */
export class Tally {
  readonly #startedAt = performance.now();
  readonly #report: KindReport;

  constructor(kind: string) {
    const counts = { sent: 0, failed: 0, cut: 0, repeated: 0, slowestMs: 0 };
    this.#report = { kind, ...counts, firstFailures: [], notes: {} };
  }

  /** Counts what is sent now; the result is called once, when it has ended. */
  send(): (ending?: Ending) => void {
    const sentAt = performance.now();
    this.#report.sent += 1;
    return ({ reason, cut = false } = {}) => {
      this.took(performance.now() - sentAt);
      if (reason !== undefined) this.#fail(reason, cut);
    };
  }

  /** Counts what was refused unread and is sent again. */
  repeat(): void {
    this.#report.repeated += 1;
  }

  /** Counts the end of a connection that was to last. */
  cut(reason: string): void {
    this.#fail(reason, true);
  }

  /** Remembers the longest time. */
  took(milliseconds: number): void {
    this.#report.slowestMs = Math.max(this.#report.slowestMs, Math.round(milliseconds));
  }

  note(what: string): void {
    this.#report.notes[what] = (this.#report.notes[what] ?? 0) + 1;
  }

  report(): KindReport {
    return structuredClone(this.#report);
  }

  #fail(reason: string, cut: boolean): void {
    const { firstFailures } = this.#report;
    this.#report.failed += 1;
    if (cut) this.#report.cut += 1;
    const second = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    if (firstFailures.length < mostFailures) firstFailures.push(`${second} s: ${reason}`);
  }
}

/** A signal for clients to end, with pauses that end with it. */
export class Work {
  readonly #wakeUps = new Set<() => void>();
  #isOver = false;

  /** By a call, because it changes while clients wait. */
  isOver(): boolean {
    return this.#isOver;
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakeUps.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, this.#isOver ? 0 : milliseconds);
      this.#wakeUps.add(wake);
    });
  }

  end(): void {
    this.#isOver = true;
    for (const wake of [...this.#wakeUps]) wake();
  }
}

/** Starts so many clients, each of which does one thing after the other. */
export function startClients(
  kind: string,
  clients: number,
  run: (work: Work, tally: Tally, index: number) => Promise<void>,
): RunningKind {
  const work = new Work();
  const tally = new Tally(kind);
  const running = Array.from({ length: clients }, (_, index) => run(work, tally, index));
  return {
    stop: async () => {
      work.end();
      await Promise.all(running);
      return tally.report();
    },
  };
}

/** Whether a text is a good answer of the demo application. */
export function isGoodAnswer(text: string): boolean {
  try {
    const answer = JSON.parse(text) as { served_by?: unknown } | null;
    return answer?.served_by !== undefined;
  } catch {
    return false;
  }
}

/** The reason of an error, as reports name it. */
export function nameError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
