import { Histogram } from "./histogram";
import { nameRoute, type Route } from "./routes";
import type { Ending } from "./send";

/** How one request of a load ended; times are milliseconds since the load began. */
export interface Outcome extends Ending {
  route: Pick<Route, "method" | "target">;
  /** When it was to be sent, from where its duration counts: waiting for others is a part of it. */
  dueMs: number;
  sentMs: number;
  endedMs: number;
}

/** Durations in milliseconds. */
export interface Latency {
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

/** The requests of one kind. */
export interface Counted {
  name: string;
  requests: number;
  failed: number;
  p50: number;
  p99: number;
}

/** One second of a load. */
export interface Second {
  second: number;
  /** Answers that came in it. */
  answered: number;
  /** Of the requests that were due in it: how many failed, and how long they took. */
  failed: number;
  p50: number | null;
  p99: number | null;
}

/** All that is known of the requests of a load, or of a part of it. */
export interface Summary {
  requests: number;
  /** Without a whole answer, or answered by 5xx. */
  failed: number;
  /** Answers with a status. */
  answered: number;
  latency: Latency;
  /** How long after its time 99 of 100 were sent: what the machine that loads was too slow for. */
  lateMs: number;
  routes: Counted[];
  methods: Counted[];
  statuses: Record<string, number>;
  /** Requests without a whole answer, by why. */
  unanswered: Record<string, number>;
  /** Answers by the replica that they name. */
  replicas: Record<string, number>;
  seconds: Second[];
  /** Durations by class: up to so many milliseconds, and how many. */
  classes: [toMs: number, count: number][];
}

/** Whether a request got no answer that helps its client. */
export function hasFailed({ status, error }: Ending): boolean {
  return error !== undefined || status === undefined || status >= 500;
}

/** Counts the requests of one kind. */
class Group {
  readonly durations = new Histogram();
  failed = 0;

  add(outcome: Outcome): void {
    this.durations.add(outcome.endedMs - outcome.dueMs);
    if (hasFailed(outcome)) this.failed += 1;
  }

  counted(name: string): Counted {
    const { durations, failed } = this;
    return {
      ...{ name, requests: durations.total, failed },
      ...{ p50: round(durations.percentile(0.5)), p99: round(durations.percentile(0.99)) },
    };
  }
}

/** Counts how requests end. */
export class Recorder {
  readonly #all = new Group();
  readonly #late = new Histogram();
  readonly #routes = new Map<string, Group>();
  readonly #methods = new Map<string, Group>();
  readonly #seconds = new Map<number, Group>();
  readonly #answers = new Map<number, number>();
  readonly #statuses = new Map<string, number>();
  readonly #unanswered = new Map<string, number>();
  readonly #replicas = new Map<string, number>();
  readonly #lastOf = new Map<string, number>();

  add(outcome: Outcome): void {
    const { route, dueMs, sentMs, endedMs, status, error, servedBy } = outcome;
    this.#all.add(outcome);
    this.#late.add(sentMs - dueMs);
    groupOf(this.#routes, nameRoute(route)).add(outcome);
    groupOf(this.#methods, route.method).add(outcome);
    groupOf(this.#seconds, Math.floor(dueMs / 1000)).add(outcome);
    if (status !== undefined) {
      increase(this.#statuses, String(status));
      increase(this.#answers, Math.floor(endedMs / 1000));
    }
    if (error !== undefined) increase(this.#unanswered, error);
    if (servedBy !== undefined) {
      increase(this.#replicas, servedBy);
      this.#lastOf.set(servedBy, endedMs);
    }
  }

  /** When a replica answered last; undefined where it never did. */
  lastAnswerOf(replica: string): number | undefined {
    return this.#lastOf.get(replica);
  }

  summarize(): Summary {
    const { durations, failed } = this.#all;
    const at = (share: number): number => round(durations.percentile(share));
    return {
      ...{ requests: durations.total, failed },
      answered: [...this.#statuses.values()].reduce((sum, count) => sum + count, 0),
      latency: {
        ...{ mean: round(durations.mean), p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999) },
        max: round(durations.max),
      },
      lateMs: round(this.#late.percentile(0.99)),
      routes: countAll(this.#routes),
      methods: countAll(this.#methods).sort((one, other) => (one.name < other.name ? -1 : 1)),
      statuses: sorted(this.#statuses),
      unanswered: sorted(this.#unanswered),
      replicas: sorted(this.#replicas),
      seconds: this.#listSeconds(),
      classes: durations.classes().map(({ to, count }) => [round(to), count]),
    };
  }

  #listSeconds(): Second[] {
    const known = [...this.#seconds.keys(), ...this.#answers.keys()];
    const first = Math.min(...known);
    const last = Math.max(...known);
    if (known.length === 0) return [];
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const second = first + index;
      const group = this.#seconds.get(second);
      const counted = group?.counted("");
      return {
        ...{ second, answered: this.#answers.get(second) ?? 0, failed: counted?.failed ?? 0 },
        ...{ p50: counted?.p50 ?? null, p99: counted?.p99 ?? null },
      };
    });
  }
}

function groupOf<Key>(groups: Map<Key, Group>, key: Key): Group {
  const known = groups.get(key) ?? new Group();
  groups.set(key, known);
  return known;
}

function countAll(groups: Map<string, Group>): Counted[] {
  return [...groups].map(([name, group]) => group.counted(name));
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: Map<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
