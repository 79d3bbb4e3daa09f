import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  healthCheck,
  renderCheck,
  renderSelfHealing,
} from "../../../../components/service/options/health-check";
import type { HealthCheckArgs } from "../../../../components";
import { formatDuration } from "../../../../components/resources/duration";

describe("formatDuration", () => {
  // What Go's time.Duration prints.
  const cases: [seconds: number, text: string][] = [
    [0, "0s"],
    [1, "1s"],
    [1.5, "1.5s"],
    [10, "10s"],
    [59, "59s"],
    [60, "1m0s"],
    [90, "1m30s"],
    [3599, "59m59s"],
    [3600, "1h0m0s"],
    [3661, "1h1m1s"],
    [86399, "23h59m59s"],
    [86400, "24h0m0s"],
  ];

  test.each(cases)("writes %d seconds as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("the defaults", () => {
  test("ask /health every 10 seconds", () => {
    expect(healthCheck.parse({})).toMatchObject({
      path: "/health",
      intervalSeconds: 10,
      timeoutSeconds: 3,
      retries: 3,
      startSeconds: 60,
    });
  });

  const cases: [args: HealthCheckArgs, intervalSeconds: number, timeoutSeconds: number][] = [
    [{ intervalSeconds: 1 }, 1, 1],
    [{ intervalSeconds: 60 }, 60, 3],
    [{ timeoutSeconds: 30 }, 30, 30],
    [{ timeoutSeconds: 2 }, 10, 2],
    [{ intervalSeconds: 5, timeoutSeconds: 4 }, 5, 4],
  ];

  test.each(cases)("fit what is set: %j", (args, intervalSeconds, timeoutSeconds) => {
    expect(healthCheck.parse(args)).toMatchObject({ intervalSeconds, timeoutSeconds });
  });

  test("ask the balancer for / where a command is the check", () => {
    expect(healthCheck.parse({ command: "redis-cli ping" }).path).toBe("/");
    expect(healthCheck.parse({ command: "redis-cli ping", path: "/up" }).path).toBe("/up");
  });
});

describe("the check", () => {
  const checks: [what: string, args: HealthCheckArgs][] = [
    ["by default", {}],
    ["of a path with a query", { path: "/ready?deep=1&of=%20all;x" }],
    ["of a path with characters that a shell reads", { path: "/$HOME/(a)&b|c;d>e" }],
    ["by a command with quotes", { command: `test "it's" = 'it'"'"'s' && [ "$(id -u)" -ge 0 ]` }],
  ];

  test.each(checks)("%s is valid for a shell", (_, args) => {
    const health = { ...healthCheck.parse({}), ...args };
    for (const script of [renderCheck(health, 3000), renderSelfHealing(health, 3000)]) {
      const { status, stderr } = spawnSync("sh", ["-n", "-c", script], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    }
  });

  test("by a command is that command, within its time", () => {
    const run = (command: string): number | null =>
      spawnSync("sh", ["-c", renderCheck(healthCheck.parse({ command, timeoutSeconds: 1 }), 1)]).status;
    expect(run(`test "it's" = 'it'"'"'s'`)).toBe(0);
    expect(run("exit 7")).toBe(7);
    expect(run("sleep 20")).toBe(124);
  });

  test("kills a replica on its last strike only, and never before it had its time to start", () => {
    const script = renderSelfHealing(healthCheck.parse({ retries: 5, startSeconds: 90 }), 3000);
    expect(script).toContain("[ $count -lt 5 ] || kill -9 -1");
    expect(script).toContain("-gt 90 ] || exit 1");
  });
});
