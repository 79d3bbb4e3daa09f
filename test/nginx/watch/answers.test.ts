import { describe, expect, test } from "vitest";
import { isGood } from "../../../nginx/watch/answers";

describe("an answer through the balancer", () => {
  test.each([
    ["of a replica", "10.0.0.2:3000; 200; 0.003", true],
    ["that leads elsewhere", "10.0.0.2:3000; 302; 0.003", true],
    ["of the second of two replicas", "10.0.0.2:3000, 10.0.0.3:3000; 502, 200; -, 0.004", true],
    ["with an error", "10.0.0.2:3000; 404; 0.003", false],
    ["of two replicas with an error", "10.0.0.2:3000, 10.0.0.3:3000; 200, 500; 0.001, 0.004", false],
    ["that Nginx made for want of one", "10.0.0.2:3000; 502; -", false],
    ["of nobody", "api; 502; -", false],
    ["that is missing", "", false],
  ])("%s", (_, answer, expected) => {
    expect(isGood(answer, false)).toBe(expected);
  });

  test("may be any of the application's, where a command tells its health", () => {
    expect(isGood("10.0.0.2:3000; 404; 0.003", true)).toBe(true);
    expect(isGood("10.0.0.2:3000; 502; -", true)).toBe(false);
  });
});
