import type { BackupRecord } from "./record";

/** History of attempts to make a backup; it outlives the container. */
export interface History {
  /** Everything that was due before is done, or given up; milliseconds since 1970. */
  doneUntil: number;
  /** The time that was due when an attempt was last begun, and how often it was. */
  tried?: { due: number; times: number } | undefined;
  /** The time that was due when attempts have failed, how often, and when the last one did. */
  failed?: { due: number; times: number; time: number };
  /** Number of attempts that failed. */
  failures: number;
  last?: Attempt;
}

/** An attempt to make a backup. */
export interface Attempt {
  /** When it was begun, in milliseconds since 1970. */
  time: number;
  seconds: number;
  /** Why it failed. */
  fault?: string;
}

/** The situation of a datastore's backups. */
export interface Situation {
  store: string;
  history: History;
  /** All backups, the newest first; undefined while the place cannot be read. */
  records: BackupRecord[] | undefined;
  isBusy: boolean;
}

/** Renders the metrics as Prometheus reads them. */
export function renderMetrics({ store, history, records, isBusy }: Situation): string {
  const newest = records?.find(({ fault }) => fault === undefined);
  const { last } = history;
  const metrics: [name: string, type: string, help: string, value: number | undefined][] = [
    ["last_success_timestamp_seconds", "gauge", "When the newest good backup was begun.", secondsOf(newest)],
    ["last_success_size_bytes", "gauge", "Size of what the newest good backup has dumped.", newest?.size],
    [
      "last_success_stored_bytes",
      "gauge",
      "Size of the newest good backup where it is stored.",
      newest?.storedSize,
    ],
    [
      "last_success_verified",
      "gauge",
      "Whether a server was started from the newest good backup.",
      newest === undefined ? undefined : Number(newest.verified),
    ],
    [
      "last_attempt_timestamp_seconds",
      "gauge",
      "When a backup was last tried.",
      last === undefined ? undefined : last.time / 1000,
    ],
    ["last_attempt_duration_seconds", "gauge", "How long that took.", last?.seconds],
    [
      "last_attempt_success",
      "gauge",
      "Whether it ended well.",
      last === undefined ? undefined : Number(last.fault === undefined),
    ],
    ["failures_total", "counter", "Attempts that failed.", history.failures],
    ["stored", "gauge", "Number of backups there are.", records?.length],
    ["in_progress", "gauge", "Whether a backup is being made or restored.", Number(isBusy)],
  ];
  return metrics
    .filter(([, , , value]) => value !== undefined)
    .map(([name, type, help, value]) =>
      [
        `# HELP flotilla_backup_${name} ${help}`,
        `# TYPE flotilla_backup_${name} ${type}`,
        `flotilla_backup_${name}{store=${JSON.stringify(store)}} ${value}`,
        "",
      ].join("\n"),
    )
    .join("");
}

function secondsOf(record: BackupRecord | undefined): number | undefined {
  return record === undefined ? undefined : Date.parse(record.takenAt) / 1000;
}
