import { describe, expect, test } from "vitest";
import { lastDue, parseSchedule, type Schedule } from "../../backup/cron";

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
}

function last(text: string, moment: string): string | undefined {
  const due = lastDue(schedule(text), Date.parse(moment));
  return due === undefined ? undefined : new Date(due).toISOString().slice(0, 16);
}

test.each([
  ["0 3 * * *", "2026-11-21T10:00:00Z", "2026-11-21T03:00"],
  ["0 3 * * *", "2026-11-21T02:59:59Z", "2026-11-20T03:00"],
  ["0 3 * * *", "2026-11-21T03:00:00Z", "2026-11-21T03:00"],
  ["* * * * *", "2026-01-01T00:00:30Z", "2026-01-01T00:00"],
  ["*/15 * * * *", "2026-11-21T10:14:00Z", "2026-11-21T10:00"],
  ["5/20 * * * *", "2026-11-21T10:50:00Z", "2026-11-21T10:45"],
  ["10-20/5 8,20 * * *", "2026-11-21T19:00:00Z", "2026-11-21T08:20"],
  ["0 0 1 1 *", "2026-11-21T10:00:00Z", "2026-01-01T00:00"],
  ["0 0 * FEB *", "2026-11-21T10:00:00Z", "2026-02-28T00:00"],
  // 2026-11-21 is a Saturday.
  ["0 0 * * sun", "2026-11-21T10:00:00Z", "2026-11-15T00:00"],
  ["0 0 * * 7", "2026-11-21T10:00:00Z", "2026-11-15T00:00"],
  ["0 0 * * 5-7", "2026-11-21T10:00:00Z", "2026-11-21T00:00"],
  ["0 0 * * MON-FRI", "2026-11-21T10:00:00Z", "2026-11-20T00:00"],
  ["0 0 29 2 *", "2026-11-21T10:00:00Z", "2024-02-29T00:00"],
  // 2100 has no such day.
  ["0 0 29 2 *", "2104-02-01T00:00:00Z", "2096-02-29T00:00"],
])("%s at %s was last due at %s", (text, moment, due) => {
  expect(last(text, moment)).toBe(due);
});

describe("days of the month and of the week", () => {
  test("either of the two is enough where both are given", () => {
    expect(last("0 0 13 * 5", "2026-11-21T10:00:00Z")).toBe("2026-11-20T00:00");
    expect(last("0 0 20 * 1", "2026-11-21T10:00:00Z")).toBe("2026-11-20T00:00");
    expect(last("0 0 13 * 1", "2026-11-15T10:00:00Z")).toBe("2026-11-13T00:00");
  });

  test("both must fit where one begins with an asterisk", () => {
    expect(last("0 0 */2 * 5", "2026-11-21T10:00:00Z")).toBe("2026-11-13T00:00");
    expect(last("0 0 13 * *", "2026-11-21T10:00:00Z")).toBe("2026-11-13T00:00");
  });
});

test.each([
  ["", "it has 1 fields instead of 5"],
  ["0 3 * *", "it has 4 fields instead of 5"],
  ["60 3 * * *", 'its minute "60" is not from 0 to 59'],
  ["0 24 * * *", 'its hour "24" is not from 0 to 23'],
  ["0 0 0 * *", 'its day of the month "0" is not from 1 to 31'],
  ["0 0 * 13 *", 'its month "13" is not from 1 to 12'],
  ["0 0 * * 8", 'its day of the week "8" is not from 0 to 7'],
  ["5-1 0 * * *", 'its minute "5-1" is not from 0 to 59'],
  ["*/0 0 * * *", 'its minute "*/0" is not from 0 to 59'],
  ["a 0 * * *", 'its minute "a" is not from 0 to 59'],
  ["*-5 0 * * *", 'its minute "*-5" is not from 0 to 59'],
  ["0 0 30 2 *", "no such day exists"],
])("refuses %j: %s", (text, fault) => {
  expect(parseSchedule(text)).toBe(fault);
});
