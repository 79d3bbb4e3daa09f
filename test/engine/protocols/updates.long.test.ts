import { describe, expect, test } from "vitest";
import { findGoObstacle } from "../../load/go";
import { skipUntried } from "../support/record";
import { setEnv } from "../support/settings";
import { everyKind, mustLose, protocolRow, quickKinds, streams, tooLong } from "./support/rows";
import { useProtocolStack } from "./support/stack";

/** More than the transfers of the load take. */
const drainSeconds = 45;
const stack = useProtocolStack("protocols", { drainSeconds });
const pools = ["web", "sticky", "hashed", "rpc", "worker"];
const withoutDrain = { FLOTILLA_TEST: "true", FLOTILLA_TEST_WITHOUT: "drain" };

/** Changes all pools at once. */
function change(env: Record<string, string | undefined>, settings: object = {}): void {
  stack().workspace.configure((all) => {
    for (const pool of pools) {
      setEnv(all, pool, env);
      Object.assign(all.pools[pool] ?? {}, settings);
    }
  });
}

const deploy = () => stack().workspace.deploy();
const all = [...everyKind, ...streams];

const obstacle = findGoObstacle();
test.runIf(obstacle !== undefined)("Go's own client is not tried", (context) => {
  skipUntried(context, ["HTTP/2, Go's client"], obstacle ?? "");
});

describe("every kind of client, while all pools are changed at once", () => {
  test("a blue-green update loses nothing", async () => {
    change({ VERSION: "2" });
    const { seconds } = await protocolRow("blue-green", stack(), everyKind, deploy);
    expect(seconds).toBeGreaterThan(0);
  });

  test("an update waits for streams as long as it shall, and they end with a close frame", async () => {
    change({ VERSION: "3" }, { streamSeconds: 10 });
    const kinds = [...quickKinds, ...streams];
    const { result, reports } = await protocolRow(
      "blue-green, streamSeconds 10",
      stack(),
      kinds,
      async () => {
        const update = stack().workspace.startUp();
        await update.seen(/app-balancer-push created/);
        const switchedAt = performance.now();
        const { code, text } = await update.ended;
        expect(code, text).toBe(0);
        return (performance.now() - switchedAt) / 1000;
      },
    );
    expect(result).toBeLessThan(drainSeconds);
    const sockets = reports.find(({ kind }) => kind === "WebSocket");
    expect(sockets).toMatchObject({ cut: 0, failed: 0 });
    expect(sockets?.notes["closed with 1001"]).toBeGreaterThan(0);
  });

  test("a rolling update loses nothing", async () => {
    change({ VERSION: "4" }, { strategy: "rolling" });
    await protocolRow("rolling", stack(), all, deploy);
  });

  test("a change from 1 replica to 5 and to 2 loses nothing", async () => {
    change({}, { strategy: "blue-green", replicas: 1 });
    await deploy();
    await protocolRow("1, 5, 2 replicas", stack(), all, async () => {
      stack().workspace.configure(({ pools: { web } }) => Object.assign(web ?? {}, { replicas: 5 }));
      await deploy();
      stack().workspace.configure(({ pools: { web } }) => Object.assign(web ?? {}, { replicas: 2 }));
      await deploy();
    });
  });

  test("a bad version loses nothing", async () => {
    change({ VERSION: "bad", HEALTHY: "false" }, { replicas: 2 });
    stack().workspace.configure(({ pools: { web } }) =>
      Object.assign(web ?? {}, { healthCheck: { startSeconds: 25 } }),
    );
    const { result } = await protocolRow("bad version", stack(), all, () => stack().workspace.up());
    expect(result.ok).toBe(false);
  });

  test("an update that is killed, and the next one, lose nothing", async () => {
    change({ HEALTHY: undefined, VERSION: "5" });
    await protocolRow("killed, then repaired", stack(), all, async () => {
      const update = stack().workspace.startUp();
      await update.seen(/app-balancer-push creating/);
      await update.kill("too");
      await stack().workspace.cancel();
      await deploy();
    });
  });

  test("requests that outlast drainSeconds are cut, and nothing else", async () => {
    change({ VERSION: "6" });
    const { reports } = await protocolRow(
      "longer than drainSeconds",
      stack(),
      [...quickKinds, tooLong],
      deploy,
    );
    expect(reports.at(-1)?.cut).toBeGreaterThan(0);
  });

  test("without the drain, what is under way is lost", async () => {
    change({ VERSION: "7", GRACEFUL: "false" });
    await stack().workspace.deploy(withoutDrain);
    change({ VERSION: "8" });
    const { reports } = await protocolRow("drain switched off", stack(), mustLose, () =>
      stack().workspace.deploy(withoutDrain),
    );
    expect(reports.filter(({ failed }) => failed === 0)).toEqual([]);
  });
});
