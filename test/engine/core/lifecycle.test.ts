import { describe, expect, test } from "vitest";
import { findHoldings, findRunning, watchEvents } from "../support/engine";
import { watch } from "../support/requests";
import { record, row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment, useWorkspace } from "../support/use-workspace";
import { describeInternalPool, internalPool } from "./internal-pool";

const startDelay = 2;
const other = useDeployment({ name: "other", ...internalPool });
const workspace = useWorkspace({
  name: "lifecycle",
  pools: {
    api: demoPool({
      replicas: { initial: 1, min: 1, max: 10 },
      env: { START_DELAY_MS: String(startDelay * 1000) },
    }),
  },
});
const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };

describe("an internal pool", () => {
  describeInternalPool(other);
});

test("a first deployment publishes nothing before a replica is healthy, and then answers", async () => {
  const { url, label } = workspace();
  const stopWatching = await watchEvents(label);
  const stopAsking = watch(url);
  const { seconds } = await workspace().deploy();
  const seen = await stopAsking();
  const events = await stopWatching();

  const startOf = (role: string) =>
    events.find((event) => event.role === role && event.action === "start")?.time ?? 0;
  const aheadSeconds = startOf("balancer") - startOf("replica");
  const tooEarly = seen.filter(
    ({ time, outcome }) => time < startOf("balancer") && outcome !== "ECONNREFUSED",
  );
  const firstGood = seen.findIndex(({ outcome }) => outcome === 200);
  const badAnswers = seen.slice(0, firstGood).filter(({ outcome }) => typeof outcome === "number");
  const failed = seen.slice(firstGood).filter(({ outcome }) => outcome !== 200).length;
  record({
    operation: "first deployment (requests since the first answer)",
    requests: seen.length - firstGood,
    ...{ failed, seconds },
    held: firstGood > 0 && failed + tooEarly.length + badAnswers.length === 0 && aheadSeconds >= startDelay,
  });

  expect(aheadSeconds).toBeGreaterThanOrEqual(startDelay);
  expect(tooEarly).toEqual([]);
  expect(badAnswers).toEqual([]);
  expect(firstGood).toBeGreaterThan(0);
  expect(failed).toBe(0);
});

test("a second update changes nothing", async () => {
  const { result } = await row({ operation: "second `up` (0 changes)", target: workspace().url }, () =>
    workspace().deploy(),
  );
  expect(result.changes, result.text).toMatchObject(unchanged);
  expect(result.changes.same).toBeGreaterThan(10);
});

test("scaling from one replica to five loses no request, and all five answer", async () => {
  const { result, report } = await row({ operation: "scale 1 → 5", target: workspace().url }, () =>
    workspace().deploy({ FLOTILLA_REPLICAS: "api=5" }),
  );
  expect(result.changes).toMatchObject({ delete: 0 });
  expect(Object.keys(report.instances).sort()).toEqual(["api-1", "api-2", "api-3", "api-4", "api-5"]);
});

test("scaling from five replicas to two loses no request", async () => {
  await row({ operation: "scale 5 → 2", target: workspace().url }, () =>
    workspace().deploy({ FLOTILLA_REPLICAS: "api=2" }),
  );
  expect(await findRunning(workspace().label, "flotilla.pool=api")).toHaveLength(2);
});

test("a preview and a plain update from another checkout change nothing and keep the two", async () => {
  const second = workspace().secondCheckout();
  const operation = "preview and plain `up` from a second checkout";
  const { result } = await row({ operation, target: workspace().url }, async () => [
    await second.preview(),
    await second.deploy(),
  ]);
  for (const { ok, text, changes } of result) {
    expect(ok, text).toBe(true);
    expect(changes, text).toMatchObject(unchanged);
  }
  const { replicas } = await workspace().outputs();
  expect(replicas).toEqual({ api: { current: 2, initial: 1, min: 1, max: 10 } });
  expect(await findRunning(workspace().label, "flotilla.pool=api")).toHaveLength(2);
});

test("an update of another stack on the same engine touches nothing", async () => {
  other().configure((settings) => {
    setEnv(settings, "api", { VERSION: "other" });
  });
  const operation = "two stacks: the other one is updated";
  const { report } = await row({ operation, target: workspace().url }, () => other().deploy());
  expect(Object.keys(report.versions)).toEqual(["1"]);
});

test("another stack on the same engine is destroyed without a trace, and this one stays", async () => {
  const before = await findHoldings(workspace().label);
  const operation = "two stacks: the other one is destroyed";
  const { result } = await row({ operation, target: workspace().url }, () => other().destroy());
  expect(result.ok, result.text).toBe(true);
  expect(await findHoldings(other().label)).toEqual({ containers: [], networks: [], volumes: [] });
  expect(await findHoldings(workspace().label)).toEqual(before);
});

test("destroying the stack leaves nothing", async () => {
  const { ok, text, seconds } = await workspace().destroy();
  const left = await findHoldings(workspace().label);
  const held = ok && Object.values(left).flat().length === 0;
  record({ operation: "destroy (nothing is left but data volumes)", requests: 0, failed: 0, seconds, held });
  expect(ok, text).toBe(true);
  expect(left).toEqual({ containers: [], networks: [], volumes: [] });
});
