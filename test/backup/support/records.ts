import type { BackupRecord } from "../../../backup/record";

/** What is known of a backup, made so many days before 2026-11-21. */
export function makeRecord(daysAgo: number, changes: Partial<BackupRecord> = {}): BackupRecord {
  const takenAt = new Date(now - daysAgo * 24 * 60 * 60 * 1000).toISOString();
  return {
    id: `${takenAt.replaceAll(/[-:]|\.\d+/g, "")}-abcdef`,
    ...{ store: "cache", engine: "redis", reason: "schedule", takenAt, seconds: 3 },
    ...{ size: 100, sha256: "a", storedSize: 50, storedSha256: "b", counts: { db0: "5" }, verified: true },
    ...changes,
  };
}

/** A moment to count from. */
export const now = Date.parse("2026-11-21T03:00:00Z");
