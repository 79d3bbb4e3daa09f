import { test } from "vitest";
import { findReplica, measureRecovery } from "../support/engine";
import { countFailures, mustFail, postsUnderWay } from "../support/exceptions";
import { row } from "../support/rows";
import { setEnv } from "../support/settings";
import type { Workspace } from "../support/workspace";

/** Variables of a run with a mechanism switched off. */
export const without = (mechanism: string): Record<string, string> => ({
  FLOTILLA_TEST: "true",
  FLOTILLA_TEST_WITHOUT: mechanism,
});
/** Many requests that are under way for long, so that some are on a given replica at any moment. */
const manySlow = { busyGet: 4, busyPost: 4, slow: 32, idle: 0, fresh: 2 };
// Longer than what passes between the switch to the new replicas and the end of the old ones.
const drainLoad = { clients: manySlow, slowMs: 12_000 };

/** Switches mechanisms off in turn, each under the load that loses nothing with it: a suite that stays green would prove nothing. */
export function describeSwitches(workspace: () => Workspace): void {
  test("with the drain, an update loses no request that is under way for long", async () => {
    setVersion({ VERSION: "1", HEALTHY: undefined });
    // How a replica leaves is decided when it is deployed: those that leave now drain, and those that come will not.
    const options = { operation: "drain on, requests of 12 s", target: workspace().url, load: drainLoad };
    await row(options, () => workspace().deploy(without("drain")));
  });

  test("without it, an update cuts them", async () => {
    setVersion({ VERSION: "2" });
    const isCut = (reason: string) => ["cut", "status 502", "status 503", "status 504"].includes(reason);
    await row(
      {
        ...{ operation: "drain switched off", target: workspace().url, load: drainLoad },
        slowest: {
          seconds: 40,
          because: "a GET that is cut is asked anew, for another 12 s, where it may be cut too",
        },
        // A slow GET that is cut is asked anew: whether one is lost depends on how often it is cut.
        exception: mustFail("must lose slow POSTs, and slow requests alone", ({ rows }) =>
          rows.every(({ kind, method, failed, failures }) =>
            kind === "slow"
              ? (method === "GET" || failed > 0) && Object.keys(failures).every(isCut)
              : failed === 0,
          ),
        ),
      },
      () => workspace().deploy(without("drain")),
    );
  });

  // With the gate, the same version under the same load answers nobody: "an unhealthy version fails the update and gets no traffic".
  test("without the gate, an unhealthy version gets traffic", async () => {
    setVersion({ VERSION: "bad", HEALTHY: "false" });
    await row(
      {
        ...{ operation: "gate switched off", target: workspace().url },
        slowest: { seconds: 15, because: "requests wait while no replica of the bad version can be reached" },
        exception: mustFail("must let the bad version answer", ({ versions }) => versions.bad !== undefined),
        note: ({ report: { versions } }) => `${versions.bad?.count ?? 0} answers of the bad version`,
      },
      async () => {
        // It may fail in the end: by then the health check may have killed both replicas, until the next good version is there.
        await workspace().up(without("gate"));
        setVersion({ VERSION: "3", HEALTHY: undefined });
        await workspace().deploy();
      },
    );
  });

  test("with retries, no GET of a replica that dies is lost", async () => {
    const because = "POSTs under way on it fail: they must not be repeated";
    await row(
      {
        ...{ operation: "retries on, a replica dies", target: workspace().url, load: { clients: manySlow } },
        exception: postsUnderWay(because, workspace().label),
      },
      killReplica,
    );
  });

  test("without them, GETs of one are lost", async () => {
    await workspace().deploy(without("retries"));
    await row(
      {
        ...{ operation: "retries switched off", target: workspace().url, load: { clients: manySlow } },
        exception: mustFail("must lose GETs", ({ rows }) => countFailures(rows, "GET") > 0),
      },
      killReplica,
    );
  });

  async function killReplica(): Promise<void> {
    await measureRecovery(await findReplica(workspace().label, "api-1"), "kill -9 -1");
  }

  function setVersion(env: Record<string, string | undefined>): void {
    workspace().configure((settings) => {
      setEnv(settings, "api", env);
    });
  }
}
