import type { RuleSubject } from "./rule";

/** How old the last good backup of a store is. */
export const backups: RuleSubject = {
  name: "backups",
  recordings: () => [],
  alerts: ({ backupHours }) => [
    {
      alert: "BackupMissed",
      expr: `time() - max by (store) (flotilla_backup_last_success_timestamp_seconds) > ${backupHours * 3600}`,
      for: "1m",
      severity: "critical",
      summary: "The last good backup of {{ $labels.store }} is {{ $value | humanizeDuration }} old.",
    },
    {
      alert: "BackupFails",
      expr: "increase(flotilla_backup_failures_total[6h]) > 0",
      for: "1m",
      severity: "warning",
      summary: "A backup of {{ $labels.store }} has failed.",
    },
  ],
};
