import type { BackupRecord } from "./record";

/** Which backups are kept: what either of the two keeps. */
export interface Keep {
  /** So many of the newest. */
  count?: number;
  /** All that are younger than so many days. */
  days?: number;
}

const dayMilliseconds = 24 * 60 * 60 * 1000;

/** The backups that may go. Nothing goes before there is a good one that is newer. */
export function chooseRemovals(records: BackupRecord[], keep: Keep, now: number): BackupRecord[] {
  const newestFirst = [...records].sort((a, b) => (a.id < b.id ? 1 : -1));
  const good = newestFirst.filter(isGood);
  const [newestGood] = good;
  if (newestGood === undefined) return [];
  const kept = new Set([newestGood, ...good.slice(0, keep.count ?? 0)]);
  const youngest = now - (keep.days ?? 0) * dayMilliseconds;
  return newestFirst.filter((record) => {
    if (kept.has(record) || record.id > newestGood.id) return false;
    return !isGood(record) || Date.parse(record.takenAt) < youngest || keep.days === undefined;
  });
}

/** Whether a backup passed every check that was asked of it. */
export function isGood({ fault }: BackupRecord): boolean {
  return fault === undefined;
}
