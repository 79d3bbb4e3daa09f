import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { startLoad } from "./client";
import { answerWell, goodBody, none, start, startTarget } from "./support/target";

describe("lifetime", () => {
  test("lets a request under way finish when stopped, and does not wait for a pausing client", async () => {
    const target = await startTarget((_, response) => {
      setTimeout(() => response.end(goodBody), 500);
    });
    const load = start({
      ...{ url: target.url, paceMs: { busy: 0 }, idleMs: { min: 60_000, max: 60_000 } },
      clients: { ...none, busyGet: 1, idle: 1 },
    });
    await expect.poll(target.received, { timeout: 5000 }).toBeGreaterThan(0);

    const stopped = Date.now();
    const report = await load.stop();

    expect(report).toMatchObject({ sent: target.received(), ok: target.received(), failed: 0 });
    expect(Date.now() - stopped).toBeLessThan(2000);
  });

  test("sends nothing after it was stopped, and gives the same report again", async () => {
    const target = await startTarget(answerWell);
    const load = start({ url: target.url, clients: { ...none, busyGet: 2 } });
    await load.waitFor(10);

    const report = await load.stop();
    const received = target.received();
    await wait(100);

    expect(target.received()).toBe(received);
    expect(await load.stop()).toBe(report);
    expect(await load.snapshot()).toBe(report);
  });

  test("gives up waiting with the failures in the message", async () => {
    const target = await startTarget((_, response) => response.writeHead(503).end());
    const load = start({ url: target.url, clients: { ...none, busyGet: 1 } });
    await load.waitFor(1);

    await expect(load.waitFor(1_000_000, 0.2)).rejects.toThrow(
      /^Load: \d+ of 1000000 requests were answered after 0\.2 s; \d+ of \d+ requests failed: \d+ × status 503\.$/,
    );
  });

  test("refuses a wrong URL at once", () => {
    expect(() => startLoad({ url: "shop" })).toThrow("Invalid URL");
  });

  test("fails with the reason when its process dies", async () => {
    const load = start({ url: "http://127.0.0.1:9", headers: { "no header": "x" } });

    await expect(load.waitFor(1)).rejects.toThrow(
      /^Load: the process of the clients ended with 1\.\n[^]*Header name must be a valid HTTP token/,
    );
  });
});
