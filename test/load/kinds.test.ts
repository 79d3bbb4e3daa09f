// What clients of every kind count: a server with one fault each, and none.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net, { type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { startServerStreaming, startUnary } from "./grpc";
import { startFreshHttp2, startHttp2 } from "./http2";
import { startKept } from "./kept";
import type { KindReport, RunningKind } from "./kinds";
import { startDownloads, startUploads } from "./transfers";
import { startEventStreams, startWebSockets } from "./websocket";

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The application of the suite, which does all that clients ask. */
async function startApplication(speaks: string): Promise<{ url: string; child: ChildProcess }> {
  const port = await listen(net.createServer());
  ends.splice(0).forEach((end) => end());
  const file = join(__dirname, "../engine/protocols/support/application.js");
  const env = { PORT: String(port), SPEAKS: speaks, VERSION: "1", INSTANCE_ID: "web-1" };
  const child = spawn(process.execPath, [file], { env });
  ends.push(() => child.kill("SIGKILL"));
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = net.connect(port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) break;
    await wait(50);
  }
  return { url: `http://127.0.0.1:${port}`, child };
}

async function runFor(milliseconds: number, kind: RunningKind): Promise<KindReport> {
  await wait(milliseconds);
  return kind.stop();
}

const http1: [string, (url: string) => RunningKind][] = [
  ["kept connections", (url) => startKept("kept", () => url, 2)],
  ["uploads", (url) => startUploads(url, 0.25, 1)],
  ["downloads", (url) => startDownloads(url, 0.25, 1)],
  ["WebSockets", (url) => startWebSockets(`${url}/ws`, 2)],
  ["event streams", (url) => startEventStreams(`${url}/events`, 2)],
];
const calls: [string, (url: string) => RunningKind][] = [
  ["unary calls", (url) => startUnary({ url, ca: "" })],
  ["streaming calls", (url) => startServerStreaming({ url, ca: "" })],
];

describe("a good application", () => {
  test.each([
    ...http1.map(([name, start]) => [name, "http", start] as const),
    ...calls.map(([name, start]) => [name, "grpc", start] as const),
  ])("has no failure: %s", async (_, speaks, start) => {
    const { url } = await startApplication(speaks);
    const report = await runFor(400, start(url));
    expect(report).toMatchObject({ failed: 0, cut: 0, firstFailures: [] });
    expect(report.sent).toBeGreaterThan(0);
  });

  test("ends WebSockets and streams itself, one that is killed does not", async () => {
    const { url, child } = await startApplication("http");
    const kinds = [startWebSockets(`${url}/ws`, 2), startEventStreams(`${url}/events`, 2)];
    await wait(500);
    child.kill("SIGTERM");
    await wait(500);
    const [sockets, events] = await Promise.all(kinds.map((kind) => kind.stop()));
    expect(sockets).toMatchObject({ cut: 0, notes: { "closed with 1001": 2 } });
    expect(events).toMatchObject({ cut: 0, notes: { "ended by the application": 2 } });
  });

  test("that is killed cuts them", async () => {
    const { url, child } = await startApplication("http");
    const kinds = [startWebSockets(`${url}/ws`, 2), startEventStreams(`${url}/events`, 2)];
    await wait(500);
    child.kill("SIGKILL");
    await wait(500);
    for (const report of await Promise.all(kinds.map((kind) => kind.stop())))
      expect(report).toMatchObject({ cut: 2 });
  });
});

describe("a failure counts", () => {
  const faults: [string, http.RequestListener][] = [
    ["503", (_, response) => response.writeHead(503).end()],
    ["another answer", (_, response) => response.end("{}")],
    [
      "an answer that ends early",
      (_, response) => {
        response.writeHead(200, { "Content-Length": "1000" });
        response.write("{", () => response.socket?.destroy());
      },
    ],
    ["a reset", (request) => request.socket.resetAndDestroy()],
  ];
  test.each(
    http1
      .slice(0, 3)
      .flatMap(([name, start]) => faults.map(([fault, answer]) => [name, fault, start, answer] as const)),
  )("%s: %s", async (_, _fault, start, answer) => {
    const url = `http://127.0.0.1:${await listen(http.createServer(answer))}`;
    const { sent, failed } = await runFor(300, start(url));
    expect(sent).toBeGreaterThan(0);
    expect(failed).toBe(sent);
  });

  test.each(calls)("%s: a status of the call", async (_, start) => {
    const server = http2.createServer().on("stream", (stream) => {
      stream.respond({ ":status": 200, "grpc-status": "14" }, { endStream: true });
    });
    const { sent, failed } = await runFor(300, start(`http://127.0.0.1:${await listen(server)}`));
    expect(failed).toBe(sent);
  });

  test.each([
    ["HTTP/2", (url: string) => startHttp2({ url, ca: "", streams: 3, connections: 1 })],
    ["HTTP/2, new connections", (url: string) => startFreshHttp2({ url, ca: "" })],
  ])("%s: a stream that is reset", async (_, start) => {
    const server = http2.createServer().on("stream", (stream) => {
      stream.on("error", () => undefined).close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    });
    const { sent, failed } = await runFor(300, start(`http://127.0.0.1:${await listen(server)}`));
    expect(failed).toBe(sent);
  });

  test("HTTP/2: what is refused unread is sent again, and is no failure then", async () => {
    let refusals = 0;
    const server = http2.createServer().on("stream", (stream) => {
      stream.on("error", () => undefined);
      if ((refusals += 1) % 3 === 0) stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else {
        stream.respond({ ":status": 200 });
        stream.end('{"served_by":{}}');
      }
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    const report = await runFor(500, startHttp2({ url, ca: "", streams: 3, connections: 1 }));
    expect(report.failed).toBe(0);
    expect(report.repeated).toBeGreaterThan(0);
  });
});
