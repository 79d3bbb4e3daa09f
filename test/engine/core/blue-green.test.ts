import { expect, test } from "vitest";
import { followCapacity } from "../support/capacity";
import { watchEvents } from "../support/engine";
import { record, row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({ name: "blue-green", pools: { api: demoPool({ replicas: 3 }) } });

test.each([
  { app: "rude", operation: "new version, blue-green, rude app", next: { VERSION: "2", GRACEFUL: "true" } },
  { app: "graceful", operation: "new version, blue-green, graceful app", next: { VERSION: "3", GRACEFUL: "false" } },
])("an update of three replicas loses no request of a $app application", async ({ operation, next }) => {
  workspace().configure((settings) => {
    setEnv(settings, "api", next);
  });
  const stopWatching = await watchEvents(workspace().label);
  const { result, report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
  const capacity = followCapacity(3, await stopWatching());

  expect(result.changes).toMatchObject({ create: 0, delete: 0 });
  expect(capacity).toMatchObject({ least: 3, most: 6 });
  expect(Object.keys(report.versions)).toHaveLength(2);
  // The last requests were answered by the new version alone.
  const last = Math.max(...Object.values(report.versions).map(({ lastSecond }) => lastSecond));
  expect(report.versions[next.VERSION]?.lastSecond).toBe(last);
});

test("an update of three replicas takes at most 14 seconds", async () => {
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "4" });
  });
  const { seconds } = await workspace().deploy();
  const held = seconds <= 14;
  record({ operation: "new version, blue-green, without load (at most 14 s)", requests: 0, failed: 0, seconds, held });
  expect(seconds).toBeLessThanOrEqual(14);
});
