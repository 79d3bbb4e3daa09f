import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HealthCheckArgs } from "../../../../../components";
import { formatDuration } from "../../../../../components/resources/duration";
import { renderLook, renderWatch } from "../../../../../components/service/options/health-check/render";
import { healthCheck } from "../../../../../components/service/options/health-check/schema";

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
    for (const script of [renderLook(health, 3000), renderWatch(health, 3000)]) {
      const { status, stderr } = spawnSync("sh", ["-n", "-c", script], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    }
  });

  test("by a command is that command, within its time", () => {
    const run = (command: string): number | null =>
      spawnSync("sh", ["-c", renderLook(healthCheck.parse({ command, timeoutSeconds: 1 }), 1)]).status;
    expect(run(`test "it's" = 'it'"'"'s'`)).toBe(0);
    expect(run("exit 7")).toBe(7);
    expect(run("sleep 20")).toBe(124);
  });
});

describe("the watch over a replica", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flotilla-watch-"));
    // Nobody waits between two looks.
    writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs it with looks that come out as told, `+` or `-`, one after the other; what would be killed is told. */
  function watch(outcomes: string, { marked = true, ageSeconds = 1000, env = {} } = {}) {
    writeFileSync(join(folder, "stat"), `#!/bin/sh\necho $(($(date +%s) - ${ageSeconds}))\n`, {
      mode: 0o755,
    });
    const [mark, left] = [join(folder, "mark"), join(folder, "outcomes")];
    if (marked) writeFileSync(mark, "");
    writeFileSync(left, outcomes.split("").join("\n"));
    const command = `read -r outcome < ${left}; sed -i 1d ${left}; test "$outcome" = +`;
    const health = healthCheck.parse({ command, intervalSeconds: 60, retries: 3, startSeconds: 60 });
    const script = renderWatch(health, 3000)
      .replace("mark='/dev/shm/flotilla-healthy'", `mark='${mark}'`)
      .replaceAll("kill -9 -1", "echo killed");
    const { status, stdout } = spawnSync("sh", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, ...env },
    });
    return {
      code: status,
      output: stdout.trim(),
      marked: existsSync(mark),
      left: readFileSync(left, "utf8").split("\n").join(""),
    };
  }

  test.each([
    ["tells the first good look at once", "+++", { marked: false }, { code: 0, marked: true, left: "++" }],
    ["then looks for four minutes", "+++++++", {}, { code: 0, left: "+++" }],
    ["forgives what is followed by a good look", "--+-+", {}, { code: 0, output: "", left: "+" }],
    ["ends a replica at its last strike", "+---+", {}, { code: 1, output: "killed", left: "+" }],
    [
      "lets a slow starter be",
      "-+",
      { marked: false, ageSeconds: 10 },
      { code: 1, output: "", marked: false, left: "+" },
    ],
    ["but not for ever", "-+", { marked: false }, { code: 1, output: "killed", marked: false }],
    ["looks once for the gate", "-+", { env: { FLOTILLA_LOOK: "once" } }, { code: 1, output: "", left: "+" }],
  ])("%s", (_, outcomes, given, expected) => {
    expect(watch(outcomes, given)).toMatchObject(expected);
  });
});
