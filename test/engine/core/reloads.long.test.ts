import { expect, test } from "vitest";
import { startLoad } from "../../load/client";
import type { LoadReport } from "../../load/report";
import { mustFail } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { without } from "./switches";

const workspace = useDeployment({
  name: "reloads",
  pools: { api: demoPool({ replicas: 2, balancing: { holdSeconds: 0 } }) },
});
const mostUpdates = 16;
const steady = { clients: { busyGet: 4, busyPost: 4, slow: 2, idle: 2, fresh: 2 } };

interface Lost {
  updates: number;
  lost: number;
  sent: number;
}

/** What updates are done until: without the second reload, the first request that is lost. */
let updatesUntilLost = mostUpdates;

test("with one reload instead of two, an update loses requests", async () => {
  const { result } = await row<Lost>(
    {
      ...{ operation: "one reload instead of two", target: workspace().url, load: steady, note },
      exception: mustFail("must lose requests", () => true),
    },
    (load) =>
      updateManyTimes(
        () => load.snapshot(),
        without("overlap"),
        (all) => all.lost > 0,
      ),
  );
  expect(result.lost).toBeGreaterThan(0);
  updatesUntilLost = result.updates;
});

test("with two, as many updates under the same load lose none", async () => {
  const { result } = await row<Lost>(
    { operation: "two reloads, as many updates", target: workspace().url, load: steady, note },
    (load) =>
      updateManyTimes(
        () => load.snapshot(),
        {},
        (all) => all.updates >= Math.max(3, updatesUntilLost),
      ),
  );
  expect(result.lost).toBe(0);
});

function note({ result: { updates, lost, sent } }: { result: Lost }): string {
  return `${lost} of ${sent} requests found no replica, in ${updates} updates`;
}

async function updateManyTimes(
  others: () => Promise<LoadReport>,
  env: Record<string, string>,
  isEnough: (all: Lost) => boolean,
): Promise<Lost> {
  const all: Lost = { updates: 0, lost: 0, sent: 0 };
  let lostByNew = 0;
  while (!isEnough(all) && all.updates < mostUpdates) {
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: `${Object.keys(env).length} ${all.updates}` });
    });
    const { failures, sent } = await updateUnderNewConnections(env);
    all.updates += 1;
    lostByNew += countUnserved(failures);
    all.sent += sent;
    all.lost = lostByNew + countUnserved((await others()).failures);
  }
  return { ...all, sent: all.sent + (await others()).sent };
}

/**
 * What is lost is lost in the milliseconds in which Nginx learns the new names: many new connections have to come in then.
 * They come around the push alone, because the engine's proxy runs out of ports when they come for long.
 */
async function updateUnderNewConnections(env: Record<string, string>): Promise<LoadReport> {
  const update = workspace().startUp(env);
  await update.seen(/Container app-api-\d created/);
  const clients = { busyGet: 0, busyPost: 0, slow: 0, idle: 0, fresh: 48 };
  const load = startLoad({ url: workspace().url, clients, paceMs: { fresh: 5 } });
  await update.seen(/app-balancer-push created/);
  const report = await load.stop();
  const { code, text } = await update.ended;
  expect(code, text).toBe(0);
  return report;
}

/** Requests that Nginx had no replica for: it answers them with 503. */
function countUnserved(failures: LoadReport["failures"]): number {
  return failures["status 503"] ?? 0;
}
