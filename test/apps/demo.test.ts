import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, describe, expect, test } from "vitest";

const serverFile = join(__dirname, "../../apps/demo/server.js");
const running: ChildProcess[] = [];
const helpers: net.Server[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  for (const helper of helpers.splice(0)) helper.close();
});

interface Demo {
  child: ChildProcess;
  port: number;
  url: string;
  output: () => string;
}

interface Answer {
  message?: string;
  error?: string;
  version: string;
  pool: string;
  method: string;
  path: string;
  visits?: number | null;
  served_by: { hostname: string; container_id: string; instance: string };
  waited_ms?: number;
  burned_ms?: number;
  headers?: Record<string, string>;
  body?: { length: number; sha256: string };
  upstream?: Answer;
}

function spawnDemo(environment: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [serverFile], {
    env: { PATH: process.env["PATH"], PORT: "0", INSTANCE_ID: "api-1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function startDemo(environment: Record<string, string> = {}): Promise<Demo> {
  const { child, output } = spawnDemo(environment);
  for (;;) {
    const port = Number(/listens on port (\d+)/.exec(output())?.[1]);
    if (port > 0) return { child, port, url: `http://127.0.0.1:${port}`, output };
    if (child.exitCode !== null) throw new Error(`The demo did not start: ${output()}`);
    await wait(10);
  }
}

async function listen(server: net.Server): Promise<number> {
  helpers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function get(url: string): Promise<Answer> {
  const response = await fetch(url);
  return (await response.json()) as Answer;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

describe("identity and visits", () => {
  test("tells who served any path, and counts the visit", async () => {
    const demo = await startDemo({ VERSION: "7", POOL: "shop" });

    await get(demo.url);
    const response = await fetch(`${demo.url}/products?page=2`, { method: "POST", body: "{}" });
    const answer = (await response.json()) as Answer;

    expect(response.status).toBe(200);
    expect(response.headers.get("X-Instance-ID")).toBe("api-1");
    expect(answer).toMatchObject({
      ...{ version: "7", pool: "shop", method: "POST", path: "/products", visits: 2 },
      served_by: { instance: "api-1" },
    });
    expect(answer.served_by.container_id).toBe(answer.served_by.hostname);
  });

  test("reads the visits with GET and adds one with POST", async () => {
    const demo = await startDemo();

    await fetch(`${demo.url}/visits`, { method: "POST" });

    expect(await get(`${demo.url}/visits`)).toMatchObject({ visits: 1 });
  });

  test("counts visits in Redis after logging in", async () => {
    const received: string[] = [];
    const redis = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        const text = chunk.toString();
        received.push(text);
        if (text.includes("AUTH")) socket.write("+OK\r\n");
        // The reply comes in two pieces, as it may on a real network.
        if (text.includes("INCRBY")) {
          socket.write(":4");
          setTimeout(() => socket.write("2\r\n"), 20);
        }
      });
    });
    const port = await listen(redis);
    const demo = await startDemo({ REDIS_URL: `redis://:s%2Fcret@127.0.0.1:${port}` });

    const answer = await get(demo.url);

    expect(answer.visits).toBe(42);
    expect(received.join("")).toBe(
      "*2\r\n$4\r\nAUTH\r\n$6\r\ns/cret\r\n" +
        "*3\r\n$6\r\nINCRBY\r\n$6\r\nvisits\r\n$1\r\n1\r\n",
    );
  });

  test("keeps answering without Redis, and says so at /visits", async () => {
    const closed = net.createServer();
    const port = await listen(closed);
    closed.close();
    const demo = await startDemo({ REDIS_URL: `redis://127.0.0.1:${port}` });

    expect((await get(demo.url)).visits).toBeNull();
    const response = await fetch(`${demo.url}/visits`);
    expect(response.status).toBe(502);
    expect(((await response.json()) as Answer).error).toBe("Redis does not answer");
  });
});

describe("answers on request", () => {
  test("is slow for as long as asked", async () => {
    const demo = await startDemo();
    const started = Date.now();

    const answer = await get(`${demo.url}/slow?ms=300`);

    expect(answer.waited_ms).toBe(300);
    expect(Date.now() - started).toBeGreaterThanOrEqual(295);
  });

  test("burns processor time", async () => {
    const demo = await startDemo();
    const started = Date.now();

    expect((await get(`${demo.url}/cpu?ms=50`)).burned_ms).toBe(50);
    expect(Date.now() - started).toBeGreaterThanOrEqual(49);
  });

  test.each([
    ["/fail", 500],
    ["/fail?status=503", 503],
    ["/fail?status=42", 400],
    ["/crash", 405],
    ["/upstream", 502],
  ])("%s answers %i", async (path, status) => {
    const demo = await startDemo();

    expect((await fetch(demo.url + path)).status).toBe(status);
  });

  test("never answers /hang", async () => {
    const demo = await startDemo();

    await expect(fetch(`${demo.url}/hang`, { signal: AbortSignal.timeout(300) })).rejects.toThrow("timeout");
  });

  test("echoes headers and a digest of the body", async () => {
    const demo = await startDemo();
    const body = "x".repeat(200_000);

    const response = await fetch(`${demo.url}/echo?a=b`, { method: "POST", body, headers: { "X-Probe": "yes" } });

    const answer = (await response.json()) as Answer;
    expect(answer).toMatchObject({ method: "POST", path: "/echo", headers: { "x-probe": "yes" } });
    expect(answer.body).toEqual({ length: 200_000, sha256: createHash("sha256").update(body).digest("hex") });
  });

  test("embeds the answer of its upstream", async () => {
    const inner = await startDemo({ INSTANCE_ID: "inner-1" });
    const outer = await startDemo({ UPSTREAM_URL: `${inner.url}/prices` });

    const answer = await get(`${outer.url}/upstream`);

    expect(answer.served_by.instance).toBe("api-1");
    expect(answer.upstream).toMatchObject({ path: "/prices", served_by: { instance: "inner-1" } });
  });
});

describe("health", () => {
  test("is good unless started with HEALTHY=false", async () => {
    const [good, bad] = await Promise.all([startDemo(), startDemo({ HEALTHY: "false" })]);

    expect((await fetch(`${bad.url}/health`)).status).toBe(503);
    const response = await fetch(`${good.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  test("can be switched while running", async () => {
    const demo = await startDemo();

    await fetch(`${demo.url}/health/set?healthy=false`, { method: "POST" });
    expect((await fetch(`${demo.url}/health`)).status).toBe(503);
    await fetch(`${demo.url}/health/set?healthy=true`, { method: "POST" });
    expect((await fetch(`${demo.url}/health`)).status).toBe(200);
  });
});

describe("counting", () => {
  test("counts requests by method and path, and health checks apart", async () => {
    const demo = await startDemo();

    await fetch(`${demo.url}/health`);
    await fetch(`${demo.url}/products`);
    await fetch(`${demo.url}/products`, { method: "POST" });
    const counts = await get(`${demo.url}/counts`);

    expect(counts).toMatchObject({
      ...{ instance: "api-1", total: 3, inFlight: 1, healthChecks: 1 },
      received: { "GET /products": 1, "POST /products": 1, "GET /counts": 1 },
      answered: { "GET 200": 1, "POST 200": 1 },
    });
  });

  test("shows Prometheus metrics", async () => {
    const demo = await startDemo();
    await fetch(`${demo.url}/fail?status=503`);
    await fetch(`${demo.url}/health`);

    const text = await (await fetch(`${demo.url}/metrics`)).text();
    const lines = text.trimEnd().split("\n");
    const samples = new Map(
      lines
        .filter((line) => !line.startsWith("#"))
        .map((line) => /^([a-z_]+(?:\{.+\})?) ([0-9.e+-]+)$/.exec(line))
        .map((match) => [match?.[1] ?? "not a sample", Number(match?.[2])]),
    );

    expect([...samples.keys()]).not.toContain("not a sample");
    expect(samples.get('http_requests_total{method="GET",status="503"}')).toBe(1);
    expect(samples.get("http_requests_in_flight")).toBe(1);
    expect(samples.get('http_request_duration_seconds_bucket{le="+Inf"}')).toBe(1);
    expect(samples.get('http_request_duration_seconds_bucket{le="10"}')).toBe(1);
    expect(samples.get("http_request_duration_seconds_count")).toBe(1);
    expect(samples.get("health_checks_total")).toBe(1);
    expect(samples.get("process_start_time_seconds")).toBeCloseTo(Date.now() / 1000, -2);
  });

  test("logs one line per request, none for health checks, and none at all with LOG=false", async () => {
    const [logging, silent] = await Promise.all([startDemo(), startDemo({ LOG: "false" })]);
    for (const demo of [logging, silent]) {
      await fetch(`${demo.url}/health`);
      await fetch(`${demo.url}/products?secret=1`);
    }
    await wait(50);

    expect(logging.output().split("\n").slice(1)).toEqual([
      expect.stringMatching(/^\[api-1\] GET \/products 200 \d+ ms$/),
      "",
    ]);
    expect(silent.output()).toMatch(/^.*listens on port \d+\n$/);
  });
});

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
    const socket = await openWebSocket(await startDemo());
    const payload = Buffer.alloc(length, "flotilla");

    socket.write(maskFrame(0x81, payload));
    const frame = await socket.readFrame();

    expect(frame.first).toBe(0x81);
    expect(frame.payload.equals(payload)).toBe(true);
  });

  test("answers a ping, then a close", async () => {
    const socket = await openWebSocket(await startDemo());

    socket.write(Buffer.concat([maskFrame(0x89, Buffer.from("are you there")), maskFrame(0x88, Buffer.alloc(0))]));

    expect(await socket.readFrame()).toEqual({ first: 0x8a, payload: Buffer.from("are you there") });
    expect(await socket.readFrame()).toEqual({ first: 0x88, payload: Buffer.from([1000 >> 8, 1000 & 0xff]) });
  });

  test.each([
    ["a frame without a mask", Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
    ["a message of 64 KiB", maskFrame(0x81, Buffer.alloc(65_536)), 1009],
  ])("refuses %s", async (_, bytes, code) => {
    const socket = await openWebSocket(await startDemo());

    socket.write(bytes);

    expect((await socket.readFrame()).payload.readUInt16BE(0)).toBe(code);
  });

  test("refuses an upgrade elsewhere", async () => {
    await expect(openWebSocket(await startDemo(), "/elsewhere")).rejects.toThrow("404 Not Found");
  });
});

describe("start and stop", () => {
  test("finishes a request under way, closes streams and exits with 0 when graceful", async () => {
    const demo = await startDemo();
    const agent = new http.Agent({ keepAlive: true });
    const idle = http.get(demo.url, { agent }, (response) => response.resume());
    await once(idle, "close");
    const events = await fetch(`${demo.url}/events`);
    const socket = await openWebSocket(demo);
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

interface Frame {
  first: number;
  payload: Buffer;
}

interface RawWebSocket {
  write(bytes: Buffer): void;
  readFrame(): Promise<Frame>;
}

async function openWebSocket(demo: Demo, path = "/ws"): Promise<RawWebSocket> {
  const socket = net.connect(demo.port, "127.0.0.1");
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  async function read<Result>(take: () => Result | undefined): Promise<Result> {
    for (;;) {
      const result = take();
      if (result !== undefined) return result;
      await wait(5);
    }
  }
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: demo\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const head = await read(() => {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const text = bytes.subarray(0, end).toString();
    bytes = bytes.subarray(end + 4);
    return text;
  });
  // The answer to the sample key of RFC 6455.
  if (!head.includes("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) throw new Error(head);
  return { write: (frame) => socket.write(frame), readFrame: () => read(takeFrame) };

  function takeFrame(): Frame | undefined {
    const shortLength = bytes[1];
    if (shortLength === undefined || (shortLength === 126 && bytes.length < 4)) return undefined;
    const start = shortLength === 126 ? 4 : 2;
    const end = start + (shortLength === 126 ? bytes.readUInt16BE(2) : shortLength);
    if (bytes.length < end) return undefined;
    const frame = { first: bytes[0] ?? 0, payload: Buffer.from(bytes.subarray(start, end)) };
    bytes = bytes.subarray(end);
    return frame;
  }
}

function maskFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([header, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}
