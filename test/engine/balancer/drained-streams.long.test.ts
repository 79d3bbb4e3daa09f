import { describe, expect, test } from "vitest";
import { until } from "../support/engine";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { openStream, type Stream } from "./support/streams";

const drainSeconds = 20;
describe("event streams and updates", () => {
  const workspace = useDeployment({
    name: "streams",
    pools: { live: demoPool({ drainSeconds }), shop: demoPool({ drainSeconds: 120 }) },
    balancer: { address: "127.0.0.1" },
    settings: {
      routes: [
        { path: "/", pool: "shop" },
        { path: "/events", pool: "live", stream: {} },
        { path: "/live/", pool: "live", rewrite: { pattern: "^/live(/.*)$", to: "$1" } },
      ],
    },
  });
  const load = { clients: { busyGet: 4, busyPost: 4, slow: 2, idle: 4, fresh: 2 } };

  async function openEvents(): Promise<Stream> {
    const stream = await openStream(`${workspace().url}/events`);
    await stream.waitFor('"tick":1');
    return stream;
  }

  test("a stream outlives the update of its pool until drainSeconds, then ends", async () => {
    const stream = await openEvents();
    workspace().configure((settings) => {
      setEnv(settings, "live", { VERSION: "2" });
    });
    const before = stream.endedAfter();
    const { seconds } = await row(
      {
        ...{
          operation: `a stream's pool is updated, drainSeconds ${drainSeconds}`,
          target: `${workspace().url}/live/`,
          load,
        },
        note: () => `the stream ended ${(stream.endedAfter() ?? 0).toFixed(1)} s after it was opened`,
      },
      async () => {
        const run = await workspace().deploy();
        await until("the stream ends with its replica", () => stream.endedAfter() !== undefined, 5);
        return run;
      },
    );
    expect(before).toBeUndefined();
    expect(stream.endedAfter()).toBeGreaterThan(drainSeconds);
    expect(seconds).toBeGreaterThan(drainSeconds);
    // One event each second until then: nothing was lost in between.
    const ticks = [...stream.text().matchAll(/"tick":(\d+)/g)].map(([, tick]) => Number(tick));
    expect(ticks).toEqual(ticks.map((_, index) => index + 1));
    expect(ticks.length).toBeGreaterThan(drainSeconds);
  });

  test("another pool's update does not wait for a stream that goes on", async () => {
    const stream = await openEvents();
    workspace().configure((settings) => {
      setEnv(settings, "shop", { VERSION: "2" });
    });
    const { seconds } = await row(
      {
        ...{ operation: "another pool is updated while a stream goes on", target: workspace().url, load },
        note: (done) => `${done.seconds.toFixed(1)} s, the stream goes on`,
      },
      () => workspace().deploy(),
    );
    expect(stream.endedAfter()).toBeUndefined();
    expect(seconds).toBeLessThan(120);
    const { length } = stream.text();
    await until("the stream goes on", () => stream.text().length > length, 5);
    stream.close();
  });
});
