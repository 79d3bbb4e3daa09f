import { expect, test } from "vitest";
import { renderMetrics } from "../../backup/metrics";
import { makeRecord, now } from "./support/records";

function valuesOf(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^flotilla_backup_(\w+)\{.*\} (.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
}

test("tells of the newest good backup, of the last attempt, and of failures", () => {
  const text = renderMetrics({
    store: "cache",
    history: { doneUntil: now, failures: 3, last: { time: now, seconds: 2.5, fault: "full" } },
    records: [makeRecord(0, { fault: "damaged" }), makeRecord(1)],
    isBusy: true,
  });
  expect(text).toContain(
    '# TYPE flotilla_backup_failures_total counter\nflotilla_backup_failures_total{store="cache"} 3\n',
  );
  expect(valuesOf(text)).toEqual({
    last_success_timestamp_seconds: String(now / 1000 - 24 * 60 * 60),
    last_success_size_bytes: "100",
    last_success_stored_bytes: "50",
    last_success_verified: "1",
    last_attempt_timestamp_seconds: String(now / 1000),
    last_attempt_duration_seconds: "2.5",
    last_attempt_success: "0",
    failures_total: "3",
    stored: "2",
    in_progress: "1",
  });
});

test("says nothing of what there is not yet", () => {
  const text = renderMetrics({
    store: "cache",
    history: { doneUntil: now, failures: 0 },
    records: undefined,
    isBusy: false,
  });
  expect(valuesOf(text)).toEqual({ failures_total: "0", in_progress: "0" });
});
