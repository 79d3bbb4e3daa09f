import { expect, test } from "vitest";
import { startLoad } from "../../load/client";
import type { LoadReport } from "../../load/report";
import { docker, findReplica } from "../support/engine";
import { anyFailure, countFailures, mustFail, row } from "../support/rows";
import { setEnv } from "../support/settings";
import type { Workspace } from "../support/workspace";

const without = (mechanism: string) => ({ FLOTILLA_TEST: "true", FLOTILLA_TEST_WITHOUT: mechanism });
/** Many requests that are under way for long, so that some are on a given replica at any moment. */
const manySlow = { busyGet: 4, busyPost: 4, slow: 32, idle: 0, fresh: 2 };

/** Switches each mechanism off in turn: a suite that stays green then would prove nothing. */
export function describeSwitches(workspace: () => Workspace): void {
  test("without the drain, an update loses requests that are under way", async () => {
    setVersion({ VERSION: "1", HEALTHY: undefined });
    // How a replica leaves is decided when it is deployed.
    await workspace().deploy(without("drain"));
    setVersion({ VERSION: "2" });
    const { report } = await row(
      {
        // Longer than what passes between the switch to the new replicas and the end of the old ones.
        ...{
          operation: "drain switched off",
          target: workspace().url,
          load: { clients: manySlow, slowMs: 12_000 },
        },
        exception: mustFail("must lose requests", ({ failed }) => failed > 0),
      },
      () => workspace().deploy(without("drain")),
    );
    expect(report.failed).toBeGreaterThan(0);
  });

  test("without the gate, an unhealthy version gets traffic", async () => {
    setVersion({ VERSION: "bad", HEALTHY: "false" });
    const { report } = await row(
      {
        ...{ operation: "gate switched off", target: workspace().url },
        exception: mustFail("must let the bad version answer", ({ versions }) => versions.bad !== undefined),
        note: ({ report: { versions } }) => `${versions.bad?.count ?? 0} answers of the bad version`,
      },
      () => workspace().deploy(without("gate")),
    );
    expect(report.versions.bad?.count).toBeGreaterThan(0);
  });

  test("with one reload instead of two, an update loses requests", async () => {
    setVersion({ VERSION: "3", HEALTHY: undefined });
    await workspace().deploy();
    const mostUpdates = 16;
    await row<{ updates: number; lost: number; sent: number }>(
      {
        ...{ operation: "one reload instead of two", target: workspace().url },
        load: { clients: { busyGet: 4, busyPost: 4, slow: 2, idle: 2, fresh: 2 } },
        exception: anyFailure("must lose requests"),
        note: ({ result: { updates, lost, sent } }) =>
          `${lost} of ${sent} requests found no replica, in ${updates} updates`,
      },
      async (load) => {
        const all = { updates: 0, lost: 0, sent: 0 };
        let unserved = 0;
        while (all.lost === 0 && all.updates < mostUpdates) {
          setVersion({ VERSION: `one reload, ${all.updates}` });
          const { lost, sent } = await updateUnderNewConnections();
          all.updates += 1;
          all.lost += lost;
          all.sent += sent;
          const others = await load.snapshot();
          all.lost += countUnserved(others) - unserved;
          unserved = countUnserved(others);
        }
        all.sent += (await load.snapshot()).sent;
        expect(all.lost).toBeGreaterThan(0);
        return all;
      },
    );
  });

  test("without retries, GETs of a replica that dies are lost", async () => {
    await workspace().deploy(without("retries"));
    const replica = await findReplica(workspace().label, "api-1");
    const { report } = await row(
      {
        ...{ operation: "retries switched off", target: workspace().url, load: { clients: manySlow } },
        exception: mustFail("must lose GETs", ({ rows }) => countFailures(rows, "GET") > 0),
      },
      () => docker("exec", replica, "sh", "-c", "kill -9 -1").catch(() => undefined),
    );
    expect(countFailures(report.rows, "GET")).toBeGreaterThan(0);
  });

  /**
   * What is lost is lost in the milliseconds in which Nginx learns the new names: many new connections have to come in then.
   * They come around the push alone, because the engine's proxy runs out of ports when they come for long.
   */
  async function updateUnderNewConnections(): Promise<{ lost: number; sent: number }> {
    const update = workspace().startUp(without("overlap"));
    await update.seen(/Container app-api-\d created/);
    const clients = { busyGet: 0, busyPost: 0, slow: 0, idle: 0, fresh: 48 };
    const load = startLoad({ url: workspace().url, clients, paceMs: { fresh: 5 } });
    await update.seen(/app-balancer-push created/);
    const report = await load.stop();
    const { code, text } = await update.ended;
    expect(code, text).toBe(0);
    return { lost: countUnserved(report), sent: report.sent };
  }

  function setVersion(env: Record<string, string | undefined>): void {
    workspace().configure((settings) => {
      setEnv(settings, "api", env);
    });
  }
}

/** Requests that Nginx had no replica for: it answers them with 503. */
function countUnserved({ failures }: LoadReport): number {
  return failures["status 503"] ?? 0;
}
