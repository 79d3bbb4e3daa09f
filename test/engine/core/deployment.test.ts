import { expect, test } from "vitest";
import { findHoldings, watchEvents } from "../support/engine";
import { watch } from "../support/requests";
import { record, row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const startDelay = 3;
const workspace = useWorkspace({
  name: "deployment",
  pools: { api: demoPool({ replicas: 2, env: { START_DELAY_MS: String(startDelay * 1000) } }) },
});
const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };

test("a first deployment publishes nothing before a replica is healthy, and then answers", async () => {
  const { url, label } = workspace();
  const stopWatching = await watchEvents(label);
  const stopAsking = watch(url);
  const { seconds } = await workspace().deploy();
  const seen = await stopAsking();
  const events = await stopWatching();

  const firstGood = seen.findIndex(({ outcome }) => outcome === 200);
  const failed = seen.slice(firstGood).filter(({ outcome }) => outcome !== 200).length;
  const statusesBefore = seen.slice(0, firstGood).filter(({ outcome }) => typeof outcome === "number");
  const started = (role: string) => events.find((event) => event.role === role && event.action === "start")?.time ?? 0;
  const aheadSeconds = started("balancer") - started("replica");
  const held = firstGood >= 0 && failed === 0 && statusesBefore.length === 0 && aheadSeconds >= startDelay;
  record({ operation: "first deployment", requests: seen.length - firstGood, failed, seconds, held });

  expect(firstGood).toBeGreaterThan(0);
  expect(statusesBefore).toEqual([]);
  expect(failed).toBe(0);
  expect(aheadSeconds).toBeGreaterThanOrEqual(startDelay);
});

test("a second update changes nothing", async () => {
  const { result } = await row({ operation: "second `up` (0 changes)", target: workspace().url }, () =>
    workspace().deploy(),
  );
  expect(result.changes).toEqual({ ...unchanged, same: result.changes.same });
  expect(result.changes.same).toBeGreaterThan(10);
});

test("a preview shows no change", async () => {
  const { ok, text, changes } = await workspace().preview();
  expect(ok, text).toBe(true);
  expect(changes, text).toMatchObject(unchanged);
});

test("a preview and an update from a second checkout change nothing", async () => {
  const second = workspace().secondCheckout();
  const { result } = await row({ operation: "preview and `up` from a second checkout", target: workspace().url }, async () => [
    await second.preview(),
    await second.deploy(),
  ]);
  for (const { ok, text, changes } of result) {
    expect(ok, text).toBe(true);
    expect(changes, text).toMatchObject(unchanged);
  }
});

test("destroying the stack leaves nothing", async () => {
  const { ok, text, seconds } = await workspace().destroy();
  const left = await findHoldings(workspace().label);
  const held = ok && Object.values(left).flat().length === 0;
  record({ operation: "destroy (nothing left but data volumes)", requests: 0, failed: 0, seconds, held });
  expect(ok, text).toBe(true);
  expect(left).toEqual({ containers: [], networks: [], volumes: [] });
});
