import { describe, expect, test } from "vitest";
import { findWhole } from "../../cli/proof-file";
import { describeProof, isProven, type ProofRow } from "../../cli/proof-report";

const row: ProofRow = {
  ...{ suite: "core", file: "test/engine/core/a.test.ts", operation: "an update", result: "held" },
  ...{ requests: 2000, failed: 0, duplicated: 0, slowestMs: 2105, seconds: 7 },
};
const failed: ProofRow = { ...row, operation: "a scale", result: "failed", failed: 3 };
const notTried: ProofRow = {
  ...{ suite: "remote", file: "test/engine/remote/a.test.ts", operation: "by SSH", result: "not tried" },
  ...{ reason: "there is no sshd", requests: 0, failed: 0, seconds: 0 },
};

describe("the proof says what became of", () => {
  test.each<[string, ProofRow[], boolean, string, boolean]>([
    [
      "nothing",
      [],
      false,
      "0 operations: 0 held, 0 failed, 0 not tried in 1.0 minutes. Nothing was tried.",
      false,
    ],
    ["what was not tried alone", [notTried], false, "Nothing was tried.", false],
    [
      "what holds",
      [row],
      false,
      "1 operations: 1 held, 0 failed, 0 not tried in 1.0 minutes. All hold.",
      true,
    ],
    ["what holds beside what was not tried", [row, notTried], false, "All that was tried holds.", true],
    [
      "what does not",
      [row, failed, notTried],
      true,
      "1 held, 1 failed, 1 not tried in 1.0 minutes. Not all holds.",
      false,
    ],
    ["a test without a row that failed", [row], true, "A test failed, see above.", true],
  ])("%s", (_, rows, hasFailed, verdict, isGood) => {
    const text = describeProof(rows, hasFailed, 60_000);
    expect(text.split("\n").at(-1)).toContain(verdict);
    expect(isProven(rows)).toBe(isGood);
  });

  test("each operation, with a mark of its own", () => {
    const lines = describeProof([row, failed, notTried], true, 60_000).split("\n");
    expect(lines.slice(1, 6).map((line) => line.replace(/ {2,}/g, " | "))).toEqual([
      " | operation | requests | failed | twice | slowest | seconds",
      "✓ | core: an update | 2000 | 0 | 0 | 2.10 s | 7.0",
      "✗ | core: a scale | 2000 | 3 | 0 | 2.10 s | 7.0",
      "○ | remote: by SSH [1] | – | – | – | – | –",
      "",
    ]);
    expect(lines[6]).toBe("[1] there is no sshd");
  });
});

test("the figures of a file are taken over where nothing in it failed", () => {
  const inOther = { ...row, file: "test/engine/core/b.test.ts" };
  const inThird = { ...row, file: "test/engine/core/c.test.ts" };
  expect(findWhole([row, failed, inOther, inThird], new Set([row.file, inOther.file]))).toEqual([inOther]);
});
