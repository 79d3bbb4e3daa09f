import { expect, test } from "vitest";
import { countUnderWay, settle } from "./ledger";
import type { NumberedRequest } from "./report";

const request = (number: number, startedMs: number, endedMs: number, failed = false): NumberedRequest => ({
  ...{ number, startedMs, endedMs, failed },
});

test("says what was done twice, what was never done, and what was done although its client was told otherwise", () => {
  const requests = [
    request(1, 0, 5),
    request(2, 0, 5),
    request(3, 0, 5),
    request(4, 0, 5, true),
    request(5, 0, 5, true),
    request(6, 0, 5, true),
  ];
  const executions = [
    { number: 1, place: "a" },
    { number: 2, place: "a" },
    { number: 2, place: "b" },
    { number: 5, place: "b" },
    { number: 6, place: "a" },
    { number: 6, place: "a" },
  ];
  expect(settle(requests, executions)).toEqual({
    duplicated: [2, 6],
    invented: [3],
    failed: [
      { ...request(4, 0, 5, true), place: undefined },
      { ...request(5, 0, 5, true), place: "b" },
      { ...request(6, 0, 5, true), place: "a" },
    ],
  });
});

test.each([
  ["all of them side by side", [request(1, 0, 10), request(2, 5, 15)], 2],
  ["one after the other", [request(1, 0, 10), request(2, 10, 20)], 1],
  ["those before and after", [request(1, 0, 3), request(2, 0, 4), request(3, 16, 20), request(4, 17, 20)], 0],
  ["one that lasts throughout", [request(1, 0, 20)], 1],
  ["two that begin before, and end within", [request(1, 0, 6), request(2, 1, 7), request(3, 8, 9)], 2],
])("counts what was under way at one moment: %s", (_, requests, expected) => {
  expect(countUnderWay(requests, 5, 15)).toBe(expected);
});
