import { expect, test } from "vitest";
import { followCapacity } from "../support/capacity";
import { watchEvents } from "../support/engine";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({
  name: "rolling",
  pools: { api: demoPool({ replicas: 3, strategy: "rolling" }) },
});

test.each([
  { app: "rude", operation: "new version, rolling, rude app", old: "1", next: { VERSION: "2", GRACEFUL: "true" } },
  { app: "graceful", operation: "new version, rolling, graceful app", old: "2", next: { VERSION: "3", GRACEFUL: "false" } },
])("a rolling update goes one by one and loses no request of a $app application", async ({ operation, old, next }) => {
  workspace().configure((settings) => {
    setEnv(settings, "api", next);
  });
  const stopWatching = await watchEvents(workspace().label);
  const { report } = await row({ operation, target: workspace().url }, () => workspace().deploy());
  const { least, most, steps } = followCapacity(3, await stopWatching());

  expect({ least, most }).toEqual({ least: 2, most: 3 });
  expect(steps).toEqual(["1", "2", "3"].flatMap((number) => [`die api-${number}`, `start api-${number}`]));
  // All at once would leave both versions side by side for a moment only.
  const overlap = (report.versions[old]?.lastSecond ?? 0) - (report.versions[next.VERSION]?.firstSecond ?? Infinity);
  expect(overlap).toBeGreaterThan(3);
});
