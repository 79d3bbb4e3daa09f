import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, describe, expect, test } from "vitest";

import { exitCode, spawnDemo, startDemo, stopDemos } from "./demo-process";
import { maskFrame, openWebSocket } from "./raw-web-socket";

afterEach(stopDemos);

describe("streams", () => {
  test("sends a numbered event each second, continuing after the last one seen", async () => {
    const demo = await startDemo();
    const response = await fetch(`${demo.url}/events`, { headers: { "Last-Event-ID": "4" } });
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes("id: 6")) break;
    }

    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(text).toBe(
      'retry: 1000\n\nid: 5\ndata: {"tick":5,"instance":"api-1","version":"1"}\n\n' +
        'id: 6\ndata: {"tick":6,"instance":"api-1","version":"1"}\n\n',
    );
  });

  test.each([5, 300, 65_535])("echoes a WebSocket message of %i bytes", async (length) => {
    const socket = await openWebSocket((await startDemo()).port);
    const payload = Buffer.alloc(length, "flotilla");

    socket.write(maskFrame(0x81, payload));
    const frame = await socket.readFrame();

    expect(frame.first).toBe(0x81);
    expect(frame.payload.equals(payload)).toBe(true);
  });

  test("answers a ping, then a close", async () => {
    const socket = await openWebSocket((await startDemo()).port);

    socket.write(
      Buffer.concat([maskFrame(0x89, Buffer.from("are you there")), maskFrame(0x88, Buffer.alloc(0))]),
    );

    expect(await socket.readFrame()).toEqual({ first: 0x8a, payload: Buffer.from("are you there") });
    expect(await socket.readFrame()).toEqual({ first: 0x88, payload: Buffer.from([1000 >> 8, 1000 & 0xff]) });
  });

  test.each([
    ["a frame without a mask", Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
    ["a message of 64 KiB", maskFrame(0x81, Buffer.alloc(65_536)), 1009],
  ])("refuses %s", async (_, bytes, code) => {
    const socket = await openWebSocket((await startDemo()).port);

    socket.write(bytes);

    expect((await socket.readFrame()).payload.readUInt16BE(0)).toBe(code);
  });

  test("refuses an upgrade elsewhere", async () => {
    await expect(openWebSocket((await startDemo()).port, "/elsewhere")).rejects.toThrow("404 Not Found");
  });
});

describe("start and stop", () => {
  test("finishes a request under way, closes streams and exits with 0 when graceful", async () => {
    const demo = await startDemo();
    const agent = new http.Agent({ keepAlive: true });
    const idle = http.get(demo.url, { agent }, (response) => response.resume());
    await once(idle, "close");
    const events = await fetch(`${demo.url}/events`);
    const socket = await openWebSocket(demo.port);
    const slow = fetch(`${demo.url}/slow?ms=600`);
    await wait(100);

    const signalled = Date.now();
    demo.child.kill("SIGTERM");

    const response = await slow;
    expect(response.status).toBe(200);
    expect(response.headers.get("connection")).toBe("close");
    expect(await events.text()).toContain("id: 1");
    expect((await socket.readFrame()).payload.readUInt16BE(0)).toBe(1001);
    expect(await exitCode(demo.child)).toBe(0);
    expect(Date.now() - signalled).toBeLessThan(2500);
    agent.destroy();
  });

  test("does not wait for a connection that sends no request", async () => {
    const demo = await startDemo();
    const silent = net.connect(demo.port, "127.0.0.1").on("error", () => undefined);
    await once(silent, "connect");

    demo.child.kill("SIGTERM");

    expect(await exitCode(demo.child)).toBe(0);
  });

  test("exits at once with 1 when GRACEFUL=false, cutting the request under way", async () => {
    const demo = await startDemo({ GRACEFUL: "false" });
    const slow = fetch(`${demo.url}/slow?ms=5000`).then(
      () => "answered",
      () => "cut",
    );
    await wait(100);

    demo.child.kill("SIGTERM");

    expect(await exitCode(demo.child)).toBe(1);
    expect(await slow).toBe("cut");
  });

  test("answers 202, then exits with 1, when told to crash", async () => {
    const demo = await startDemo();

    const response = await fetch(`${demo.url}/crash`, { method: "POST" });

    expect(response.status).toBe(202);
    expect(await exitCode(demo.child)).toBe(1);
  });

  test("fails to start with a readable line", async () => {
    const { child, output } = spawnDemo({ FAIL_START: "true" });

    expect(await exitCode(child)).toBe(1);
    await wait(20);
    expect(output()).toBe("[api-1] cannot start: FAIL_START is set\n");
  });

  test("listens later when told to", async () => {
    const started = Date.now();

    await startDemo({ START_DELAY_MS: "500" });

    expect(Date.now() - started).toBeGreaterThanOrEqual(500);
  });
});
