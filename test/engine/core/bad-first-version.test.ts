import { expect, test } from "vitest";
import { findRunning, watchEvents } from "../support/engine";
import { askForAnswer, watch } from "../support/requests";
import { record, row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const workspace = useWorkspace({
  name: "bad-first",
  pools: { api: demoPool({ replicas: 2, env: { HEALTHY: "false" } }) },
});

test("a first version that is unhealthy fails the update and leaves nothing published", async () => {
  const stopWatching = await watchEvents(workspace().label);
  const stopAsking = watch(workspace().url);
  const { ok, text, seconds } = await workspace().up();
  const outcomes = new Set((await stopAsking()).map(({ outcome }) => outcome));
  const balancers = (await stopWatching()).filter(({ role }) => role === "balancer");
  const held = !ok && balancers.length === 0 && outcomes.size === 1 && outcomes.has("ECONNREFUSED");
  record({ operation: "first version bad (nothing is published)", requests: 0, failed: 0, seconds, held });

  expect(ok).toBe(false);
  expect(text).toContain("is still not healthy after 8 s");
  expect([...outcomes]).toEqual(["ECONNREFUSED"]);
  expect(balancers).toEqual([]);
  expect(await findRunning(workspace().label, "flotilla.role=balancer")).toEqual([]);
});

test("the next good version is published", async () => {
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "2", HEALTHY: undefined });
  });
  const { seconds } = await workspace().deploy();
  const { version } = await askForAnswer(workspace().url);
  record({ operation: "good version after a bad first one", requests: 1, failed: 0, seconds, held: version === "2" });
  expect(version).toBe("2");

  const { report } = await row({ operation: "second `up` after a bad first version", target: workspace().url }, () =>
    workspace().deploy(),
  );
  expect(Object.keys(report.versions)).toEqual(["2"]);
});
