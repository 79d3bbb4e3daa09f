import { PhaseCounter, type Phase, type PhaseReport } from "./phases";

/** HTTP methods the load uses. */
export type Method = "GET" | "POST";

/** What a client does, in the order reports list it. */
export const kinds = ["busyGet", "busyPost", "slow", "idle", "fresh"] as const;

/** One of `kinds`. */
export type Kind = (typeof kinds)[number];

/** Header by which the application knows a request of a load again: `<load>-<number>`. */
export const loadHeader = "X-Load-ID";

/** How one request ended. Times are milliseconds since the start of the load. */
export interface Outcome {
  kind: Kind;
  method: Method;
  startedMs: number;
  endedMs: number;
  /** Whether a response with a status arrived, be it good or bad. */
  answered: boolean;
  /** Whether the request opened a connection instead of using a kept one. */
  connected: boolean;
  /** Why the request failed; absent when it succeeded. */
  reason?: string | undefined;
  instance?: string | undefined;
  version?: string | undefined;
  /** How long the application was asked to take. Defaults to no time. */
  askedMs?: number | undefined;
  /** Number of a request that must not be carried out twice. */
  number?: number | undefined;
}

/** The requests of one kind and method. */
export interface LoadRow {
  kind: Kind;
  method: Method;
  sent: number;
  ok: number;
  failed: number;
  failures: Record<string, number>;
  connections: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  slowestMs: number;
}

/** When and how often a version answered, in seconds since the start of the load. */
export interface VersionSeen {
  count: number;
  firstSecond: number;
  lastSecond: number;
}

/** A request that failed. */
export interface Failure {
  second: number;
  kind: Kind;
  method: Method;
  reason: string;
  instance?: string;
}

/** A request that must be carried out exactly once when it is answered, and at most once when it fails. */
export interface NumberedRequest {
  number: number;
  startedMs: number;
  endedMs: number;
  failed: boolean;
}

/** What a load has done so far, or in all. `sent` exceeds `ok + failed` only while requests are under way. */
export interface LoadReport {
  seconds: number;
  sent: number;
  answered: number;
  ok: number;
  failed: number;
  failures: Record<string, number>;
  rows: LoadRow[];
  instances: Record<string, number>;
  versions: Record<string, VersionSeen>;
  /** The first 20 failures. */
  firstFailures: Failure[];
  phases: Record<Phase, PhaseReport>;
  /** Seconds from the end of the first failed request to the start of the last one; 0 without. */
  outageSeconds: number;
}

/** What a load has done in all, and what an application's own records are compared with. */
export interface FinalReport extends LoadReport {
  /** Name of the load in `loadHeader`. */
  load: string;
  /** When the load's clock began, in milliseconds since the epoch. */
  startedAt: number;
  numbered: NumberedRequest[];
}

const maxFirstFailures = 20;

interface Group {
  kind: Kind;
  method: Method;
  sent: number;
  connections: number;
  failures: Map<string, number>;
  /** Requests per whole millisecond of latency: bounded, however long the load runs. */
  latencies: Map<number, number>;
  slowestMs: number;
}

/** Counts what happens to the requests of a load. */
export class Recorder {
  readonly #groups = new Map<string, Group>();
  readonly #instances = new Map<string, number>();
  readonly #versions = new Map<string, VersionSeen>();
  readonly #firstFailures: Failure[] = [];
  readonly #phases = new PhaseCounter();
  readonly #numbered: NumberedRequest[] = [];
  #answered = 0;
  #lastNumber = 0;
  #firstFailedMs = Infinity;
  #lastFailedMs = -Infinity;

  /** Begins the operation of the load, or ends it. */
  enter(phase: "during" | "after", nowMs: number): void {
    this.#phases.enter(phase, nowMs);
  }

  /** A number for a request that must not be carried out twice. */
  nextNumber(): number {
    return (this.#lastNumber += 1);
  }

  /** Every numbered request that has ended. */
  get numbered(): NumberedRequest[] {
    return this.#numbered;
  }

  /** Counts a request at the moment it is sent. */
  sent(kind: Kind, method: Method): void {
    this.#group(kind, method).sent += 1;
  }

  /** Counts how a sent request ended. */
  ended(outcome: Outcome): void {
    const group = this.#group(outcome.kind, outcome.method);
    const latencyMs = outcome.endedMs - outcome.startedMs;
    increase(group.latencies, Math.round(latencyMs));
    group.slowestMs = Math.max(group.slowestMs, latencyMs);
    this.#phases.count(outcome);
    const { number, startedMs, endedMs } = outcome;
    if (number !== undefined)
      this.#numbered.push({ number, startedMs, endedMs, failed: outcome.reason !== undefined });
    if (outcome.connected) group.connections += 1;
    if (outcome.answered) this.#answered += 1;
    if (outcome.instance !== undefined) increase(this.#instances, outcome.instance);
    if (outcome.version !== undefined) this.#seeVersion(outcome.version, toSeconds(outcome.endedMs));
    if (outcome.reason !== undefined) {
      increase(group.failures, outcome.reason);
      this.#firstFailedMs = Math.min(this.#firstFailedMs, endedMs);
      this.#lastFailedMs = Math.max(this.#lastFailedMs, startedMs);
      this.#keepFailure(outcome, outcome.reason);
    }
  }

  /** Everything counted until now. */
  report(elapsedMs: number): LoadReport {
    const rows = [...this.#groups.values()].map(toRow).sort(compareRows);
    const failures = new Map<string, number>();
    for (const row of rows)
      for (const [reason, count] of Object.entries(row.failures)) increase(failures, reason, count);
    return {
      seconds: toSeconds(elapsedMs),
      sent: sum(rows.map((row) => row.sent)),
      answered: this.#answered,
      ok: sum(rows.map((row) => row.ok)),
      failed: sum(rows.map((row) => row.failed)),
      failures: Object.fromEntries(failures),
      rows,
      instances: Object.fromEntries(this.#instances),
      versions: Object.fromEntries([...this.#versions].map(([version, seen]) => [version, { ...seen }])),
      firstFailures: [...this.#firstFailures],
      phases: this.#phases.report(),
      outageSeconds: toSeconds(Math.max(0, this.#lastFailedMs - this.#firstFailedMs)),
    };
  }

  #group(kind: Kind, method: Method): Group {
    const key = `${kind} ${method}`;
    const known = this.#groups.get(key);
    if (known) return known;
    const created = {
      ...{ kind, method, sent: 0, connections: 0, slowestMs: 0 },
      failures: new Map<string, number>(),
      latencies: new Map<number, number>(),
    };
    this.#groups.set(key, created);
    return created;
  }

  #seeVersion(version: string, second: number): void {
    const seen = this.#versions.get(version);
    this.#versions.set(version, {
      count: (seen?.count ?? 0) + 1,
      firstSecond: seen?.firstSecond ?? second,
      lastSecond: second,
    });
  }

  #keepFailure(outcome: Outcome, reason: string): void {
    if (this.#firstFailures.length === maxFirstFailures) return;
    const { kind, method, instance, endedMs } = outcome;
    const failure = { second: toSeconds(endedMs), kind, method, reason };
    this.#firstFailures.push(instance === undefined ? failure : { ...failure, instance });
  }
}

/** The failures of a report in one line, for a message or an assertion. */
export function describeFailures(report: LoadReport): string {
  const reasons = Object.entries(report.failures).map(([reason, count]) => `${count} × ${reason}`);
  const detail = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  return `${report.failed} of ${report.sent} requests failed${detail}`;
}

/** The value below or at which the given share of all latencies lies (nearest rank). */
export function findPercentile(latencies: ReadonlyMap<number, number>, share: number): number {
  const rank = Math.ceil(sum([...latencies.values()]) * share);
  let passed = 0;
  for (const [latency, count] of [...latencies].sort(([left], [right]) => left - right)) {
    passed += count;
    if (passed >= rank) return latency;
  }
  return 0;
}

function toRow(group: Group): LoadRow {
  const failed = sum([...group.failures.values()]);
  return {
    kind: group.kind,
    method: group.method,
    sent: group.sent,
    ok: sum([...group.latencies.values()]) - failed,
    failed,
    failures: Object.fromEntries(group.failures),
    connections: group.connections,
    p50Ms: findPercentile(group.latencies, 0.5),
    p95Ms: findPercentile(group.latencies, 0.95),
    p99Ms: findPercentile(group.latencies, 0.99),
    slowestMs: Math.round(group.slowestMs),
  };
}

function compareRows(left: LoadRow, right: LoadRow): number {
  return kinds.indexOf(left.kind) - kinds.indexOf(right.kind) || left.method.localeCompare(right.method);
}

function increase<Key>(counts: Map<Key, number>, key: Key, amount = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function toSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
