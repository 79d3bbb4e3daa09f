import { expect, test } from "vitest";
import { docker, findHoldings, findRunning, until, watchEvents } from "../support/engine";
import { ask, askForAnswer, watch } from "../support/requests";
import { record, row } from "../support/rows";
import { demoPool, setEnv, type PoolSettings } from "../support/settings";
import type { PulumiRun } from "../support/pulumi-run";
import type { Workspace } from "../support/workspace";
import { describeQuiet, local, localCommand } from "./unreachable";

const startSeconds = 8;
// On a busy machine the engine may give it up first.
const stillNotHealthy = `(?:is still not healthy after ${startSeconds} s|is unhealthy)`;

/** A pool whose first version is a bad one. */
export const badFirstPool: PoolSettings = demoPool({
  command: localCommand,
  replicas: 2,
  env: { VERSION: "bad-0", HEALTHY: "false" },
});

/** Deploys versions that are bad in different ways, first of all to a stack that has never been deployed. */
export function describeBadVersions(workspace: () => Workspace): void {
  const { tryWithoutLoad, expectVersion } = describeQuiet(workspace);

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

  // All that may not be reached, and the second time, is in the long test.
  test("a version that nobody reaches replaces no good one", async () => {
    setVersion({ VERSION: "bad", HEALTHY: undefined, LOCAL: "true" });
    await tryWithoutLoad("update to a version that nobody reaches, first time: `up` fails", local);
    await expectVersion("1");
  });

  test("the next good version repairs, and nothing of the bad ones is left", async () => {
    setVersion({ VERSION: "2", LOCAL: undefined });
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
    // Long enough that who waits for it is told from who does not, also on a busy machine.
    const patience = 60;
    setPatience(patience);
    const operation = "version that ends at its start: `up` fails fast";
    const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());

    expectFailure(result, "exited with code 1", "cannot start: FAIL_START is set");
    expect(measureGate(result)).toBeLessThan(patience);
    expect(Object.keys(report.versions)).toEqual(["2"]);
  });

  test("the next good version repairs again", async () => {
    setVersion({ VERSION: "3", FAIL_START: undefined });
    setPatience(startSeconds);
    const operation = "good version after all of these";
    const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
    expect(Object.keys(report.versions).sort()).toEqual(["2", "3"]);
    await expectOnlyKnownContainers();
  });

  test("while nobody can answer, the balancer says so, and an `up` that changes nothing ends with an error", async () => {
    const replicas = await findRunning(workspace().label, "flotilla.pool=api");
    await docker("pause", ...replicas);
    try {
      const health = await ask(`${workspace().url}/healthz`);
      expect(health).toEqual({ status: 503, body: '{"status":"unavailable","pools":["api"]}' });
      await tryWithoutLoad("an `up` while nobody can answer: it fails", "nobody can answer for api");
    } finally {
      await docker("unpause", ...replicas);
    }
    await until("the replicas answer again", async () => {
      const answer = await ask(`${workspace().url}/healthz`);
      return typeof answer !== "string" && answer.status === 200;
    });
    await workspace().deploy();
    const { changes } = await workspace().deploy();
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    // This path is the application's.
    expect(await ask(`${workspace().url}/health`)).toMatchObject({ status: 200 });
  });

  function setVersion(env: Record<string, string | undefined>, httpDirectives: string[] = []): void {
    workspace().configure((settings) => {
      setEnv(settings, "api", env);
      settings.balancer.httpDirectives = httpDirectives;
    });
  }

  function setPatience(seconds: number): void {
    workspace().configure(({ pools: { api } }) => {
      if (api !== undefined) api.healthCheck = { ...(api.healthCheck as object), startSeconds: seconds };
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
  expect(text).toMatch(new RegExp(`The replica api-\\d \\(container \\S*app-api-\\d-\\w+\\) ${reason}`));
  expect(text).toContain(logLine);
  expect(text.match(/Its last log lines/g), text).toHaveLength(1);
  expect(text.match(/Traffic stays where it was/g), text).toHaveLength(1);
}

/** Seconds until the slowest replica was given up, as Pulumi says. */
function measureGate({ text }: PulumiRun): number {
  const waits = [...text.matchAll(/-members creating[\w ]* \(([\d.]+)s\).*error:/g)];
  expect(waits).not.toEqual([]);
  return Math.max(...waits.map(([, seconds]) => Number(seconds)));
}
