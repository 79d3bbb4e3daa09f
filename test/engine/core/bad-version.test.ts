import { beforeEach, expect, test } from "vitest";
import { dockerLines, findHoldings, findRunning } from "../support/engine";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import type { PulumiRun } from "../support/workspace";

const workspace = useDeployment({ name: "bad-version", pools: { api: demoPool({ replicas: 2 }) } });
const startSeconds = 8;
let goodVersion = "1";
let running: string[];

beforeEach(async () => {
  running = await findRunning(workspace().label, "flotilla.role=replica");
});

test.each(["first", "second"])("an unhealthy version fails the update and gets no traffic, the %s time", async (time) => {
  const bad = `bad-${time}`;
  setEnvironment({ VERSION: bad, HEALTHY: "false" });
  const operation = `unhealthy version, ${time} time (\`up\` fails)`;
  const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());

  expectFailure(result, `is still not healthy after ${startSeconds} s`, "listens on port 3000");
  expect(Object.keys(report.versions)).toEqual([goodVersion]);
});

test("the next good version repairs, and nothing of the bad ones is left", async () => {
  goodVersion = "2";
  setEnvironment({ VERSION: goodVersion, HEALTHY: undefined });
  const operation = "good version after unhealthy ones";
  const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
  expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);
  await expectOnlyKnownContainers();
});

test("a version that ends at its start fails the update fast", async () => {
  setEnvironment({ VERSION: "bad-start", FAIL_START: "true" });
  const operation = "version that ends at its start (`up` fails fast)";
  const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());

  expectFailure(result, "exited with code 1", "cannot start: FAIL_START is set");
  expect(result.seconds).toBeLessThan(startSeconds);
  expect(Object.keys(report.versions)).toEqual([goodVersion]);
  setEnvironment({ VERSION: goodVersion, FAIL_START: undefined });
  await workspace().deploy();
  await expectOnlyKnownContainers();
});

test("settings that Nginx refuses fail the update before any replica is touched", async () => {
  workspace().configure((settings) => {
    settings.balancer.httpDirectives = ["this_is_not_nginx on"];
    setEnv(settings, "api", { VERSION: "3" });
  });
  const operation = "invalid nginx settings (`up` fails)";
  const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());

  expect(result.ok).toBe(false);
  expect(result.text).toMatch(/unknown directive "this_is_not_nginx"/);
  expect(await findRunning(workspace().label, "flotilla.role=replica")).toEqual(running);
  expect(Object.keys(report.versions)).toEqual([goodVersion]);
});

test("the next good settings repair", async () => {
  workspace().configure((settings) => {
    delete settings.balancer.httpDirectives;
  });
  const operation = "good settings after invalid ones";
  const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
  expect(Object.keys(report.versions).sort()).toEqual([goodVersion, "3"]);
});

function setEnvironment(env: Record<string, string | undefined>): void {
  workspace().configure((settings) => {
    setEnv(settings, "api", env);
  });
}

/** The message names the replica, the reason and the last log lines, once. */
function expectFailure({ ok, text }: PulumiRun, reason: string, logLine: string): void {
  expect(ok).toBe(false);
  expect(text).toMatch(new RegExp(`The replica api-\\d \\(container app-api-\\d-\\w+\\) ${reason}`));
  expect(text).toContain("Traffic stays where it was.");
  expect(text.split(logLine).length - 1, text).toBe(1);
}

async function expectOnlyKnownContainers(): Promise<void> {
  const { containers } = await findHoldings(workspace().label);
  expect(containers.sort()).toEqual((await workspace().knownContainers()).sort());
  expect(await dockerLines("ps", "--quiet", `--filter=label=flotilla.stack=${workspace().label}`)).toHaveLength(3);
}
