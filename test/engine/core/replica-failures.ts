import { expect, test } from "vitest";
import { setTimeout as wait } from "node:timers/promises";
import { docker, findReplica, findRunning, measureRecovery, readState, until } from "../support/engine";
import { ask, watch, type Seen } from "../support/requests";
import { outage, postsUnderWay } from "../support/exceptions";
import { row } from "../support/rows";
import type { Workspace } from "../support/workspace";

const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };
const because = "only POSTs under way on that replica fail: they must not be repeated";
const againAfter = ({ result }: { result: number }): string => `healthy again after ${result.toFixed(1)} s`;

/** Stops the application of a replica where it is, and waits until it was started again; gives the seconds. */
export function measureHang(replica: string): Promise<number> {
  // Found by its command line, because Node gives its process another name.
  const stop = `for p in /proc/[0-9]*; do
    tr '\\0' ' ' < $p/cmdline | grep -q '^node /app/server.js' && kill -STOP \${p#/proc/}
  done; true`;
  return measureRecovery(replica, stop);
}

/** Breaks replicas of three that run, and the balancer. */
export function describeReplicaFailures(workspace: () => Workspace): void {
  test("a replica whose processes die comes back by itself", async () => {
    const replica = await findReplica(workspace().label, "api-2");
    const { result } = await row(
      {
        operation: "death from inside (kill -9 -1)",
        target: workspace().url,
        exception: postsUnderWay(because, workspace().label),
        note: againAfter,
      },
      () => measureRecovery(replica, "kill -9 -1"),
    );
    expect(result).toBeLessThan(30);
  });

  test("a replica that hangs comes back by itself", async () => {
    const replica = await findReplica(workspace().label, "api-1");
    const { result } = await row(
      {
        operation: "hung replica (SIGSTOP), health asked every 2 s",
        slowest: { seconds: 15, because: "what it has taken waits until its health check kills it" },
        target: workspace().url,
        exception: postsUnderWay(because, workspace().label),
        note: againAfter,
      },
      () => measureHang(replica),
    );
    expect(result).toBeLessThan(30);
  });

  describeStartedAgain(workspace, "kill");

  test("the balancer is back soon after a restart of its container", async () => {
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    await row<{ outage: number; failedLater: number }>(
      {
        operation: "restart of the balancer's container",
        target: workspace().url,
        exception: outage("requests fail while it restarts", 15),
        note: ({ result: { outage } }) => `no answer for ${outage} ms, and none was lost later`,
      },
      async (load) => {
        const stopAsking = watch(workspace().url, 2);
        const answers = async (): Promise<boolean> => {
          const answer = await ask(workspace().url);
          return typeof answer !== "string" && answer.status === 200;
        };
        await until("the balancer answers before it is restarted", answers);
        await docker("restart", balancer);
        // It is heard before it has found its replicas.
        await until("the balancer answers again", answers);
        await wait(2000);
        const outage = measureOutage(await stopAsking());
        const { failed } = await load.snapshot();
        await wait(1000);
        const failedLater = (await load.snapshot()).failed - failed;
        expect(failedLater).toBe(0);
        return { outage, failedLater };
      },
    );
  });
}

/** Ends a replica of three in one of the ways after which the engine does not start it itself. */
export function describeStartedAgain(workspace: () => Workspace, command: "kill" | "stop"): void {
  test(`the update after a docker ${command} starts the replica again`, async () => {
    const { label, url } = workspace();
    const replica = await findReplica(label, "api-3");
    const { result } = await row(
      {
        operation: `docker ${command} of a replica; \`up\` starts it`,
        target: url,
        exception: postsUnderWay(because, workspace().label),
      },
      async () => {
        await docker(command, replica);
        // Long enough for the engine to have restarted it, if it were to.
        await wait(1000);
        const { status: statusBefore } = await readState(replica);
        await workspace().deploy();
        const { status: statusAfter } = await readState(replica);
        return { statusBefore, statusAfter, second: await workspace().deploy() };
      },
    );
    expect(result).toMatchObject({ statusBefore: "exited", statusAfter: "running" });
    expect(result.second.changes, result.second.text).toMatchObject(unchanged);
  });
}

/** Milliseconds between the last good answer before a failure and the first one after it. */
function measureOutage(seen: Seen[]): number {
  const good = (outcome: Seen["outcome"]): boolean => outcome === 200;
  const firstBad = seen.findIndex(({ outcome }) => !good(outcome));
  const lastBad = seen.findLastIndex(({ outcome }) => !good(outcome));
  const from = seen[firstBad - 1];
  const to = seen[lastBad + 1];
  if (from === undefined || to === undefined)
    throw new Error("The outage was not seen from its start to its end.");
  return Math.round((to.time - from.time) * 1000);
}
