import { describe, expect, test } from "vitest";
import { compareDump, compareRestored, describeCounts, parseCounts } from "../../backup/counts";

test("reads names with spaces, and leaves out what has no number", () => {
  expect(parseCounts('public.entries 5\n"Odd one"."My Table" 50\n\nnonsense\n#content 1f\n')).toEqual({
    "public.entries": "5",
    '"Odd one"."My Table"': "50",
    "#content": "1f",
  });
});

describe("a dump", () => {
  test("has at least what was counted when it was made", () => {
    expect(compareDump({ "#keys": "7" }, { "#keys": "7", db0: "7", "#content": "1f" })).toEqual([]);
  });

  test("is found out when it has less, more or nothing of it", () => {
    expect(compareDump({ a: "1", b: "2", c: "3" }, { a: "2", b: "1" })).toEqual([
      "a: 2 instead of 1",
      "b: 1 instead of 2",
      "c: nothing instead of 3",
    ]);
  });
});

describe("what was restored", () => {
  test("may lack what a dump alone knows, and what has come to its end", () => {
    const dump = { db0: "7", "~db0-with-an-end": "5", "#content": "1f" };
    expect(compareRestored(dump, { db0: "7", "~db0-with-an-end": "2" })).toEqual([]);
    expect(compareRestored(dump, { db0: "7" })).toEqual([]);
  });

  test("may have nothing else more or less", () => {
    expect(compareRestored({ db0: "7" }, { db0: "7", db3: "1" })).toEqual(["db3: 1 instead of 0"]);
    expect(compareRestored({ db0: "7" }, {})).toEqual(["db0: 0 instead of 7"]);
    expect(compareRestored({ "~db0-with-an-end": "2" }, { "~db0-with-an-end": "3" })).toEqual([
      "db0-with-an-end: 3 instead of 2",
    ]);
    expect(compareRestored({ "#content": "1f" }, { "#content": "2f" })).toEqual([
      "content: 2f instead of 1f",
    ]);
  });
});

test("shows people the numbers alone", () => {
  expect(describeCounts({ db0: "7", "~db0-with-an-end": "5", "#content": "1f" })).toBe(
    "db0 7, db0-with-an-end 5",
  );
  expect(describeCounts({ "#keys": "0" })).toBe("nothing");
});
