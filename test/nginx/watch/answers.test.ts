import { describe, expect, test } from "vitest";
import { readWhoAnswered } from "../../../nginx/watch/answers";

describe("an answer through the balancer", () => {
  test.each([
    ["of a replica", "10.0.0.2:3000; 200; 0.003", "10.0.0.2:3000"],
    ["that leads elsewhere", "10.0.0.2:3000; 302; 0.003", "10.0.0.2:3000"],
    ["of the second of two replicas", "10.0.0.2:3000, 10.0.0.3:3000; 502, 200; -, 0.004", "10.0.0.3:3000"],
    ["with an error", "10.0.0.2:3000; 404; 0.003", undefined],
    ["of two replicas with an error", "10.0.0.2:3000, 10.0.0.3:3000; 200, 500; 0.001, 0.004", undefined],
    ["that Nginx made for want of one", "10.0.0.2:3000; 502; -", undefined],
    ["of nobody", "api; 502; -", undefined],
    ["that is missing", "", undefined],
  ])("%s", (_, answer, expected) => {
    expect(readWhoAnswered(answer, false)).toBe(expected);
  });

  test("may be any of the application's, where a command tells its health", () => {
    expect(readWhoAnswered("10.0.0.2:3000; 404; 0.003", true)).toBe("10.0.0.2:3000");
    expect(readWhoAnswered("10.0.0.2:3000; 502; -", true)).toBeUndefined();
  });
});
