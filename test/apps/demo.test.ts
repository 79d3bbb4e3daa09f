import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, describe, expect, test } from "vitest";

import { get, startDemo, stopDemos, type Answer } from "./demo-process";

const helpers: net.Server[] = [];

afterEach(() => {
  stopDemos();
  for (const helper of helpers.splice(0)) helper.close();
});

async function listen(server: net.Server): Promise<number> {
  helpers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
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

  test("notes each POST that it carries out, by its id, before it answers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flotilla-ledger-"));
    try {
      const demo = await startDemo({ LEDGER: folder });
      const send = (id: string, method = "POST", path = "") =>
        fetch(demo.url + path, { method, headers: { "X-Load-ID": id } });
      await send("a-1");
      await send("a-2", "GET");
      await send("a-1");
      await send("not an id");
      // A request that is not answered is noted all the same.
      void send("a-3", "POST", "/hang").catch(() => undefined);
      const read = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
      await expect.poll(read).toEqual(["a-1\na-1\na-3\n"]);
      expect(readdirSync(folder)[0]).toMatch(new RegExp(`^${hostname()}-\\d+$`));
    } finally {
      rmSync(folder, { recursive: true });
    }
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
      "*2\r\n$4\r\nAUTH\r\n$6\r\ns/cret\r\n" + "*3\r\n$6\r\nINCRBY\r\n$6\r\nvisits\r\n$1\r\n1\r\n",
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

    const response = await fetch(`${demo.url}/echo?a=b`, {
      method: "POST",
      body,
      headers: { "X-Probe": "yes" },
    });

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

  test("keeps its connection to the upstream", async () => {
    let connections = 0;
    const upstream = http.createServer((_, response) => response.end("{}"));
    upstream.on("connection", () => (connections += 1));
    const outer = await startDemo({ UPSTREAM_URL: `http://127.0.0.1:${await listen(upstream)}` });

    for (let i = 0; i < 5; i++) expect((await get(`${outer.url}/upstream`)).upstream).toEqual({});

    expect(connections).toBe(1);
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
