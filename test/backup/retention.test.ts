import { expect, test } from "vitest";
import type { BackupRecord } from "../../backup/record";
import { chooseRemovals, type Keep } from "../../backup/retention";
import { makeRecord, now } from "./support/records";

function daysRemoved(records: BackupRecord[], keep: Keep): number[] {
  return chooseRemovals(records, keep, now).map(({ takenAt }) =>
    Math.round((now - Date.parse(takenAt)) / (24 * 60 * 60 * 1000)),
  );
}

const daily = [0, 1, 2, 3, 4, 5].map((days) => makeRecord(days));

test.each<[string, Keep, number[]]>([
  ["the newest by count", { count: 2 }, [2, 3, 4, 5]],
  ["the youngest by days", { days: 3 }, [4, 5]],
  ["what either of the two keeps", { count: 5, days: 2 }, [5]],
  ["more than there are", { count: 10 }, []],
  ["the newest of all, however old", { days: 0 }, [1, 2, 3, 4, 5]],
])("keeps %s", (_, keep, removed) => {
  expect(daysRemoved(daily, keep)).toEqual(removed);
});

test("removes nothing before there is a good one that is newer", () => {
  const failed = [0, 1].map((days) => makeRecord(days, { fault: "damaged", verified: false }));
  expect(daysRemoved([...failed, makeRecord(40)], { count: 1 })).toEqual([]);
  expect(daysRemoved(failed, { count: 1 })).toEqual([]);
});

test("does not count those that failed, and removes them when a good one is newer", () => {
  const records = [makeRecord(0), makeRecord(1, { fault: "damaged" }), makeRecord(2), makeRecord(3)];
  expect(daysRemoved(records, { count: 2, days: 2 })).toEqual([1, 3]);
});
