import { expect, test } from "vitest";
import { warnOfShortKeeping } from "../../deploy/keep-alive";

test.each([
  ["timeout=5", 1.5, false],
  ["timeout=2", 1.5, false],
  ["timeout=1", 1.5, true],
  ["timeout=5", 5, true],
  ["timeout=5, max=100", 60, true],
  ["max=100, timeout=5", 60, true],
  ["timeout=75", 60, false],
  ["max=100", 60, false],
  ["", 60, false],
])(
  "an application that says %j is warned of where Nginx keeps connections for %d s: %s",
  (header, idle, isShort) => {
    expect(warnOfShortKeeping("api", idle, [{ title: "api-1", header }])).toHaveLength(isShort ? 1 : 0);
  },
);

test("the warning names the setting, who says what, and a number that is short enough", () => {
  const replicas = [
    { title: "api-1", header: "timeout=5" },
    { title: "api-2", header: "timeout=90" },
    { title: "api-3", header: "timeout=4" },
  ];
  expect(warnOfShortKeeping("api", 60, replicas)).toEqual([
    "Warning: pools.api.balancing.keepalive.idleSeconds must be less than the application keeps idle connections, got 60: POSTs are lost. Answers say: api-1 (Keep-Alive: timeout=5), api-3 (Keep-Alive: timeout=4). Set it to 3.5, or keep them longer.",
  ]);
});
