import { expect, test } from "vitest";
import { followCapacity } from "../support/capacity";
import { watchEvents } from "../support/engine";
import { askManyTimes } from "../support/requests";
import { record, row } from "../support/rows";
import { setEnv } from "../support/settings";
import type { Workspace } from "../support/workspace";

/** Updates three replicas that run, all at once. The application that goes is the one whose manners matter. */
export function describeUpdate(workspace: () => Workspace, { app, next }: Omit<Update, "old">): void {
  test(`a blue-green update of three replicas loses no request of a ${app} application`, async () => {
    setVersion(workspace(), next);
    const stopWatching = await watchEvents(workspace().label);
    const operation = `new version, blue-green, ${app} app`;
    const { result, report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
    const { least, most } = followCapacity(3, await stopWatching());

    expect(result.changes).toMatchObject({ create: 0, delete: 0 });
    expect({ least, most }).toEqual({ least: 3, most: 6 });
    expect(Object.keys(report.versions)).toHaveLength(2);
    const lastAnswer = Math.max(...Object.values(report.versions).map(({ lastSecond }) => lastSecond));
    expect(report.versions[next.VERSION]?.lastSecond).toBe(lastAnswer);
  });
}

/** Updates three replicas that nobody asks anything. */
export function describeQuietUpdate(workspace: () => Workspace): void {
  test("without load, an update of three replicas is done in full", async () => {
    setVersion(workspace(), { VERSION: "quiet" });
    const { seconds } = await workspace().deploy();
    const versions = (await askManyTimes(workspace().url, 12)).map(({ version }) => version);
    const held = versions.every((version) => version === "quiet");
    record({ operation: "new version, blue-green, without load", requests: 12, failed: 0, seconds, held });
    expect(versions).toEqual(Array(12).fill("quiet"));
  });
}

/** An update of an application. */
interface Update {
  /** Manners of the application that goes. */
  app: string;
  /** Its version. */
  old: string;
  /** Version and manners of the one that comes. */
  next: { VERSION: string; GRACEFUL: string };
}

/** Updates three replicas that run, one by one. */
export function describeRollingUpdate(workspace: () => Workspace, { app, old, next }: Update): void {
  test(`a rolling update goes one by one and loses no request of a ${app} application`, async () => {
    // With the strategy come replicas of its own, all at once.
    setVersion(workspace(), { VERSION: old }, "rolling");
    await workspace().deploy();
    setVersion(workspace(), next, "rolling");
    const stopWatching = await watchEvents(workspace().label);
    const operation = `new version, rolling, ${app} app`;
    const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
    const { least, most, steps } = followCapacity(3, await stopWatching());

    expect({ least, most }).toEqual({ least: 2, most: 3 });
    expect(steps).toEqual(["1", "2", "3"].flatMap((number) => [`die api-${number}`, `start api-${number}`]));
    // All at once would leave both versions side by side for a moment only.
    const { [old]: before, [next.VERSION]: after } = report.versions;
    expect((before?.lastSecond ?? 0) - (after?.firstSecond ?? Infinity)).toBeGreaterThan(3);
  });
}

function setVersion(workspace: Workspace, env: Record<string, string>, strategy = "blue-green"): void {
  workspace.configure((settings) => {
    setEnv(settings, "api", env);
    Object.assign(settings.pools.api ?? {}, { strategy });
  });
}
