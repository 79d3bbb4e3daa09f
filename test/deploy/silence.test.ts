import { describe, expect, test } from "vitest";
import { describeListeners } from "../../deploy/silence";

describe("why nobody reaches a port", () => {
  test.each([
    ["local", [{ port: 3000, isLocal: true }], "listens on port 3000 of 127.0.0.1 alone"],
    [
      "elsewhere",
      [
        { port: 8080, isLocal: false },
        { port: 4000, isLocal: false },
      ],
      "listens on port 4000, 8080, and not on 3000. Set the pool's port",
    ],
    ["nowhere", [], "listens on no port. Have it listen on port 3000"],
  ])("is said of one that listens %s", (_, listeners, expected) => {
    expect(describeListeners(listeners, 3000)).toContain(expected);
  });
});
