import { expect, test } from "vitest";
import { contentName, makeId, parseName, recordName, timeOf } from "../../backup/record";

const id = makeId(new Date("2026-11-21T03:00:05.123Z"), "abc123");

test("an id says when the backup was begun, and sorts by it", () => {
  expect(id).toBe("20261121T030005Z-abc123");
  expect(timeOf(id)).toBe(Date.parse("2026-11-21T03:00:05Z"));
});

test("names are found again, and nothing else is taken for a backup", () => {
  expect(parseName(contentName(id))).toEqual({ id, kind: "content" });
  expect(parseName(recordName(id))).toEqual({ id, kind: "record" });
  for (const other of ["notes.json", `${id}.backup.part`, `${id}.txt`, `../${id}.json`, id])
    expect(parseName(other)).toBeUndefined();
});
