import { once } from "node:events";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { makeSelfSigned } from "../../deploy/self-signed";
import { loadHeader } from "./report";
import { answerWell, goodBody, type Handler, none, servers, start, startTarget } from "./support/target";

describe("over TLS", () => {
  const { certificate, key } = makeSelfSigned({
    name: "load",
    hosts: ["127.0.0.1"],
    from: new Date(Date.now() - 60_000),
    until: new Date(Date.now() + 3_600_000),
  });

  async function startTlsTarget(): Promise<string> {
    const server = https.createServer({ cert: certificate, key }, (request, response) => {
      request.resume().on("end", () => response.end(goodBody));
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("asks a server whose certificate it is told to trust", async () => {
    const load = start({
      url: await startTlsTarget(),
      clients: { ...none, busyGet: 2, fresh: 2 },
      ca: certificate,
    });
    await load.waitFor(50);
    const { failed, ok } = await load.stop();
    expect(failed).toBe(0);
    expect(ok).toBeGreaterThanOrEqual(50);
  });

  test("counts a certificate that it does not trust as a failure", async () => {
    const load = start({ url: await startTlsTarget(), clients: { ...none, fresh: 1 } });
    await expect.poll(async () => (await load.snapshot()).failed).toBeGreaterThan(0);
    const { ok, failures } = await load.stop();
    expect(ok).toBe(0);
    expect(Object.keys(failures)).toEqual(["DEPTH_ZERO_SELF_SIGNED_CERT"]);
  });
});

describe("counting", () => {
  test("counts each failure of a server exactly, and repeats no request", async () => {
    const caused = { "status 502": 0, ECONNRESET: 0, cut: 0, "wrong body": 0 };
    const target = await startTarget((request, response, number) => {
      if (number % 50 === 0) {
        caused["status 502"] += 1;
        response.writeHead(502).end("<html>Bad Gateway</html>");
      } else if (number % 31 === 0) {
        caused.ECONNRESET += 1;
        request.socket.resetAndDestroy();
      } else if (number % 37 === 0) {
        caused.cut += 1;
        response.writeHead(200, { "Content-Length": "1000" });
        response.write("{", () => request.socket.end());
      } else if (number % 41 === 0) {
        caused["wrong body"] += 1;
        response.end(JSON.stringify({ version: "1" }));
      } else response.end(goodBody);
    });
    const load = start({ url: target.url, clients: { ...none, busyGet: 4, busyPost: 4, fresh: 2 } });

    await load.waitFor(600);
    const report = await load.stop();

    const failed = Object.values(caused).reduce((total, count) => total + count, 0);
    expect(report.failures).toEqual(caused);
    expect(report).toMatchObject({ sent: target.received(), failed, ok: target.received() - failed });
    expect(report.answered).toBe(report.sent - caused.ECONNRESET);
    expect(report.instances).toEqual({ "api-1": report.answered });
    expect(report.versions["1"]?.count).toBe(report.ok);
    expect(report.firstFailures).toHaveLength(20);
  });

  test("gives each POST an id of its own, and says which of them failed", async () => {
    const ids: string[] = [];
    const failed: number[] = [];
    const target = await startTarget((request, response, number) => {
      const { [loadHeader.toLowerCase()]: id } = request.headers;
      if (request.method === "POST") ids.push(String(id));
      else expect(id).toBeUndefined();
      if (request.method === "POST" && number % 7 === 0) {
        failed.push(Number(String(id).split("-")[1]));
        response.writeHead(500).end();
      } else response.end(goodBody);
    });
    const load = start({ url: target.url, clients: { ...none, busyGet: 1, busyPost: 3, fresh: 2 } });
    await load.waitFor(100);
    const { load: name, numbered } = await load.stop();

    const told = numbered.map(({ number }) => `${name}-${number}`);
    expect(told.sort()).toEqual(ids.sort());
    expect(new Set(ids).size).toBe(ids.length);
    const told500 = numbered.filter((each) => each.failed).map(({ number }) => number);
    expect(told500.sort()).toEqual(failed.sort());
    expect(failed.length).toBeGreaterThan(0);
  });

  const failing: [name: string, reason: string, handler: Handler][] = [
    ["a body that is no JSON", "wrong body", (_, response) => response.end("hello")],
    ["a redirect", "status 302", (_, response) => response.writeHead(302).end(goodBody)],
    ["an answer that is late", "timeout", () => undefined],
    [
      "an answer without a length that ends early",
      "wrong body",
      (_, response) => {
        response.socket?.end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + goodBody.slice(0, 20));
      },
    ],
    [
      "a chunked answer that ends early",
      "cut",
      (_, response) => {
        response.write(goodBody, () => response.socket?.end());
      },
    ],
  ];

  test.each(failing)("counts %s as %s", async (_, reason, handler) => {
    const target = await startTarget(handler);
    const load = start({ url: target.url, timeoutMs: 200, clients: { ...none, busyGet: 1 } });

    await expect.poll(async () => (await load.snapshot()).failed, { timeout: 5000 }).toBeGreaterThan(1);
    const report = await load.stop();

    expect(report.failures).toEqual({ [reason]: report.sent });
  });

  test("counts refused connections", async () => {
    const target = await startTarget(answerWell);
    servers.pop()?.close();
    const load = start({ url: target.url, clients: { ...none, fresh: 1, busyPost: 1 } });

    await expect.poll(async () => (await load.snapshot()).failed, { timeout: 5000 }).toBeGreaterThan(5);
    const report = await load.stop();

    expect(report).toMatchObject({ answered: 0, ok: 0, failures: { ECONNREFUSED: report.sent } });
  });
});

describe("clients", () => {
  test("keeps one connection per client, but a fresh client opens one per request", async () => {
    const target = await startTarget(answerWell);
    const load = start({ url: target.url, idleMs: { min: 50, max: 100 }, slowMs: 0 });

    await load.waitFor(800);
    const report = await load.stop();

    const found = report.rows.map(({ kind, method, sent, connections }) => [
      ...[kind, method, kind === "fresh" ? connections === sent : connections],
    ]);
    expect(found).toEqual([
      ["busyGet", "GET", 16],
      ["busyPost", "POST", 16],
      ["slow", "GET", 4],
      ["slow", "POST", 4],
      ["idle", "GET", 8],
      ["fresh", "GET", true],
      ["fresh", "POST", true],
    ]);
    expect(report.failed).toBe(0);
    expect(target.connections()).toBe(report.rows.reduce((total, row) => total + row.connections, 0));
  });

  test("adds the slow path to the path of the URL, and sends the given headers and a body", async () => {
    const seen = new Set<string>();
    const target = await startTarget(({ method = "", url = "", headers }, response) => {
      const settled = url.replace(/ms=[0-4]$/, "ms=5");
      seen.add(`${method} ${settled} ${headers.host ?? ""} ${headers["content-length"] ?? "-"}`);
      response.end(goodBody);
    });
    const load = start({
      ...{ url: `${target.url}/shop/`, headers: { Host: "shop.test" }, slowMs: 5 },
      clients: { ...none, busyPost: 1, slow: 2 },
    });

    await load.waitFor(20);
    await load.stop();

    expect([...seen].sort()).toEqual([
      "GET /shop/slow?ms=5 shop.test -",
      "POST /shop/ shop.test 30",
      "POST /shop/slow?ms=5 shop.test 30",
    ]);
  });

  test("uses other paths and another body when told", async () => {
    const seen = new Set<string>();
    const target = await startTarget(({ method = "", url = "", headers }, response) => {
      seen.add(`${method} ${url} ${headers["content-length"] ?? "-"}`);
      response.end("thank you");
    });
    const load = start({
      ...{ url: `${target.url}/products`, answer: "thank", slowMs: 0, slowPath: "all?wait=<ms>" },
      ...{ post: { path: "/buy", body: "{}" }, clients: { ...none, busyGet: 1, busyPost: 1, slow: 1 } },
    });

    await load.waitFor(20);
    const { failed } = await load.stop();

    expect(failed).toBe(0);
    expect([...seen].sort()).toEqual(["GET /products -", "GET /products/all?wait=0 -", "POST /buy 2"]);
  });

  test("counts an answer without the text that is expected", async () => {
    const target = await startTarget((_, response) => response.end(goodBody));
    const load = start({ url: target.url, answer: "thank", clients: { ...none, busyGet: 1 } });

    await load.waitFor(3);
    const report = await load.stop();

    expect(report.failures).toEqual({ "wrong body": report.sent });
  });

  test("has the first slow requests end at different times", async () => {
    const asked: number[] = [];
    const target = await startTarget(({ url }, response) => {
      asked.push(Number(new URL(url ?? "", "http://target").searchParams.get("ms")));
      response.end(goodBody);
    });
    const load = start({ url: target.url, slowMs: 1500, clients: { ...none, slow: 12 } });

    await load.waitFor(36);
    await load.stop();

    const firstOnes = asked.filter((ms) => ms !== 1500);
    expect(firstOnes.length).toBeGreaterThan(9);
    expect(Math.max(...firstOnes) - Math.min(...firstOnes)).toBeGreaterThan(500);
  });

  test("uses only the method asked for", async () => {
    const target = await startTarget(answerWell);
    const load = start({ url: target.url, method: "POST", slowMs: 0 });

    await load.waitFor(200);
    const { rows } = await load.stop();

    expect(rows.map(({ kind, method }) => `${kind} ${method}`)).toEqual([
      "busyPost POST",
      "slow POST",
      "fresh POST",
    ]);
  });
});
