import { expect, test } from "vitest";
import { findHoldings, findRunning, watchEvents } from "../support/engine";
import { ask, askForAnswer, watch } from "../support/requests";
import { record, row } from "../support/rows";
import { demoPool, setEnv, type PoolSettings } from "../support/settings";
import type { PulumiRun } from "../support/pulumi-run";
import type { Workspace } from "../support/workspace";

const startSeconds = 8;
const stillNotHealthy = `is still not healthy after ${startSeconds} s`;

/** A pool whose first version is a bad one. */
export const badFirstPool: PoolSettings = demoPool({
  replicas: 2,
  env: { VERSION: "bad-0", HEALTHY: "false" },
});

/** Deploys versions that are bad in different ways, first of all to a stack that has never been deployed. */
export function describeBadVersions(workspace: () => Workspace): void {
  test("a first version that is unhealthy fails the update, and nothing is published", async () => {
    const { label, url } = workspace();
    const stopWatching = await watchEvents(label);
    const stopAsking = watch(url);
    const run = await workspace().up();
    const outcomes = [...new Set((await stopAsking()).map(({ outcome }) => outcome))];
    const balancers = (await stopWatching()).filter(({ role }) => role === "balancer");
    const held = !run.ok && balancers.length === 0 && outcomes.join() === "ECONNREFUSED";
    record({
      operation: "first version bad: nothing is published",
      requests: 0,
      failed: 0,
      seconds: run.seconds,
      held,
    });

    expectFailure(run, stillNotHealthy, "listens on port 3000");
    expect(outcomes).toEqual(["ECONNREFUSED"]);
    expect(balancers).toEqual([]);
    expect(await ask(url)).toBe("ECONNREFUSED");
  });

  test("the next good version is published", async () => {
    setVersion({ VERSION: "1", HEALTHY: undefined });
    const { seconds } = await workspace().deploy();
    const { version } = await askForAnswer(workspace().url);
    const operation = "good version after a bad first one";
    record({ operation, requests: 1, failed: version === "1" ? 0 : 1, seconds, held: version === "1" });
    expect(version).toBe("1");
  });

  test.each(["first", "second"])(
    "an unhealthy version fails the update and gets no traffic, the %s time",
    async (time) => {
      setVersion({ VERSION: `bad ${time}`, HEALTHY: "false" });
      const operation = `unhealthy version, ${time} time: \`up\` fails`;
      const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());

      expectFailure(result, stillNotHealthy, "listens on port 3000");
      expect(Object.keys(report.versions)).toEqual(["1"]);
    },
  );

  test("the next good version repairs, and nothing of the bad ones is left", async () => {
    setVersion({ VERSION: "2", HEALTHY: undefined });
    const operation = "good version after unhealthy ones";
    const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
    expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);
    await expectOnlyKnownContainers();
  });

  test("settings that Nginx refuses fail the update before any replica is touched", async () => {
    const before = await findRunning(workspace().label, "flotilla.role=replica");
    const stopWatching = await watchEvents(workspace().label);
    setVersion({ VERSION: "3" }, ["this_is_not_nginx on"]);
    const operation = "invalid nginx settings: `up` fails";
    const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());
    const starts = (await stopWatching()).filter(({ action }) => action === "start");

    expect(result.ok).toBe(false);
    expect(result.text).toContain('unknown directive "this_is_not_nginx"');
    expect(starts).toEqual([]);
    expect(await findRunning(workspace().label, "flotilla.role=replica")).toEqual(before);
    expect(Object.keys(report.versions)).toEqual(["2"]);
  });

  test("a version that ends at its start fails the update fast", async () => {
    setVersion({ VERSION: "bad-start", FAIL_START: "true" });
    const operation = "version that ends at its start: `up` fails fast";
    const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());

    expectFailure(result, "exited with code 1", "cannot start: FAIL_START is set");
    expect(measureGate(result)).toBeLessThan(startSeconds);
    expect(Object.keys(report.versions)).toEqual(["2"]);
  });

  test("the next good version repairs again", async () => {
    setVersion({ VERSION: "3", FAIL_START: undefined });
    const operation = "good version after all of these";
    const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
    expect(Object.keys(report.versions).sort()).toEqual(["2", "3"]);
    await expectOnlyKnownContainers();
  });

  function setVersion(env: Record<string, string | undefined>, httpDirectives: string[] = []): void {
    workspace().configure((settings) => {
      setEnv(settings, "api", env);
      settings.balancer.httpDirectives = httpDirectives;
    });
  }

  async function expectOnlyKnownContainers(): Promise<void> {
    const { containers } = await findHoldings(workspace().label);
    expect(containers.sort()).toEqual((await workspace().knownContainers()).sort());
    expect(containers).toHaveLength(3);
  }
}

/** The message names the replica, the reason and the last log lines, once. */
function expectFailure({ ok, text }: PulumiRun, reason: string, logLine: string): void {
  expect(ok).toBe(false);
  expect(text).toMatch(new RegExp(`The replica api-\\d \\(container app-api-\\d-\\w+\\) ${reason}`));
  expect(text).toContain(logLine);
  expect(text.match(/Its last log lines/g), text).toHaveLength(1);
  expect(text.match(/Traffic stays where it was/g), text).toHaveLength(1);
}

/** Seconds until the slowest replica was given up, as Pulumi says. */
function measureGate({ text }: PulumiRun): number {
  const waits = [...text.matchAll(/-member creating[\w ]* \(([\d.]+)s\).*error:/g)];
  expect(waits).not.toEqual([]);
  return Math.max(...waits.map(([, seconds]) => Number(seconds)));
}
