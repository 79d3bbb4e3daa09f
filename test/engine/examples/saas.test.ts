import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect } from "vitest";
import { type Authority, makeAuthority } from "../balancer/support/authority";
import { shakeHands } from "../balancer/support/tls-client";
import { awaitFirstChecks, docker, dockerLines, findRunning, readState, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { lines } from "./lines/saas";
import { listConnections } from "./support/connections";
import { useExample } from "./support/example";
import { useLines } from "./support/lines";
import { instanceOf, signUp } from "./support/saas";
import { type Answer, send, type Sending } from "./support/sending";

const folder = mkdtempSync(join(tmpdir(), "flotilla-saas-"));
let authority: Authority<"site">;
let tlsPort: number;
let cookie: string;

const useProd = useExample("saas", "prod", {}, async (project) => {
  tlsPort = await findFreePort();
  authority = await makeAuthority({ site: { hosts: ["localhost", "127.0.0.1"] } });
  writeFileSync(join(folder, "site.pem"), authority.issued.site.certificate);
  writeFileSync(join(folder, "site.key"), authority.issued.site.key);
  const monitoringPort = await findFreePort();
  await project.configure({
    "saas:tlsPort": String(tlsPort),
    "saas:monitoringPort": String(monitoringPort),
    "saas:certificateFile": join(folder, "site.pem"),
    "saas:keyFile": join(folder, "site.key"),
  });
});
beforeAll(async () => {
  cookie = await signUp(`https://127.0.0.1:${tlsPort}`, "prod@example.com", { ca: authority.certificate });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const prove = useLines("saas", lines);
const ask = (path: string, sending: Sending = {}) =>
  send(`https://127.0.0.1:${tlsPort}${path}`, { ca: authority.certificate, ...sending });
const askSignedIn = (path: string, sending: Sending = {}) =>
  ask(path, { ...sending, headers: { Cookie: cookie, ...sending.headers } });
const backends = () => findRunning(useProd().label, "flotilla.pool=backend");
const everything = () =>
  dockerLines("ps", "--format={{.Names}}", `--filter=label=flotilla.stack=${useProd().label}`);
const balancer = async () => (await findRunning(useProd().label, "flotilla.role=balancer"))[0] ?? "";

prove("threeInProd", "the containers, their port, and who answers", async () => {
  expect(await backends()).toHaveLength(3);
  const answers = await Promise.all(Array.from({ length: 30 }, () => askSignedIn("/api/me")));
  const seen = new Set(answers.map(instanceOf));
  expect([...seen].sort()).toEqual(["backend-1", "backend-2", "backend-3"]);
  for (const name of await backends()) {
    const script = 'fetch("http://127.0.0.1:4000/health").then(async (a) => console.log(a.status))';
    expect(await docker("exec", name, "node", "-e", script)).toBe("200");
  }
  return `${seen.size} backends answered 30 requests, each listens on 4000`;
});

prove("leastConnections", "two backends that are busy get no request while a third is free", async () => {
  const slow = [1, 2].map(() => askSignedIn("/api/usage/report?ms=9000"));
  const free: Answer[] = [];
  await wait(1500);
  for (let i = 0; i < 8; i++) free.push(await askSignedIn("/api/me"));
  const busy = new Set((await Promise.all(slow)).map(instanceOf));
  const taken = free.filter((answer) => busy.has(instanceOf(answer))).length;
  expect(busy.size).toBe(2);
  expect(taken).toBe(0);
  return `2 busy backends, 8 further requests: ${taken} of them at a busy one`;
});

prove("health", "the engine's own setting of each backend, and the health of each container", async () => {
  const intervals = await dockerLines(
    ...["inspect", "--format={{.Config.Healthcheck.Interval}}"],
    ...(await backends()),
  );
  expect(intervals).toEqual(["30s", "30s", "30s"]);
  const names = await everything();
  await awaitFirstChecks(useProd().label);
  const states = (await Promise.all(names.map(readState))).map(({ health }) => health);
  // The exporter of Redis has no shell to run a check in.
  const unchecked = states.filter((health) => health === undefined).length;
  expect(unchecked).toBe(1);
  expect(states.filter((health) => health === "healthy")).toHaveLength(names.length - 1);
  return `3 of 3 every 30 s; ${names.length - unchecked} of ${names.length} containers healthy, 1 has no check`;
});

prove("gzip", "the same file with and without", async () => {
  const plain = await ask("/page.js");
  const packed = await ask("/page.js", { headers: { "Accept-Encoding": "gzip" } });
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
  return `${plain.bytes.length} bytes become ${packed.bytes.length}`;
});

prove("securityHeaders", "a page of Nginx and an answer of a backend", async () => {
  const expected = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
    "content-security-policy": "default-src 'self'",
  };
  for (const path of ["/", "/api/plans"]) expect((await ask(path)).headers).toMatchObject(expected);
  expect((await ask("/api/plans")).headers).not.toHaveProperty("x-powered-by");
  return `${Object.keys(expected).length} headers on both`;
});

prove("keepAlive", "connections that 200 requests open, from clients and to backends", async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const countOpened = async (): Promise<number> =>
    (await listConnections(await balancer())).filter(({ remotePort }) => remotePort === 4000).length;
  const before = await countOpened();
  let reused = 0;
  for (let i = 0; i < 200; i++) {
    const answer = await askSignedIn("/api/me", { agent });
    expect(answer.status).toBe(200);
    if (answer.reused) reused++;
    // Below the limit of production, 50 requests a second.
    await wait(25);
  }
  agent.destroy();
  const opened = Math.max(0, (await countOpened()) - before);
  expect(reused).toBe(199);
  expect(opened).toBeLessThan(100);
  return `200 requests: ${200 - reused} connection of the client, ${opened} more to backends, health checks included`;
});

prove("balancerHealth", "its answer, which no backend gave", async () => {
  const { status, json, headers } = await ask("/health");
  expect([status, json]).toEqual([200, { status: "ok" }]);
  expect(headers).not.toHaveProperty("x-instance-id");
  return "200, by the balancer";
});

prove("limits", "what the engine holds each backend to", async () => {
  const format = "--format={{.HostConfig.NanoCpus}} {{.HostConfig.Memory}}";
  const held = await dockerLines("inspect", format, ...(await backends()));
  expect(held).toEqual(Array.from({ length: 3 }, () => "2000000000 2147483648"));
  return `${held.length} backends: 2 CPU, 2048 MiB`;
});

prove("tls", "the certificate that is shown, what plain HTTP gets, and the cookie", async () => {
  const shown = await shakeHands(tlsPort, { ca: authority.certificate });
  const { fingerprint256 } = new X509Certificate(authority.issued.site.certificate);
  expect(shown).toMatchObject({ authorized: true, fingerprint: fingerprint256 });
  const plain = await send(`${useProd().url}/api/plans?a=1`);
  expect([301, 308]).toContain(plain.status);
  expect(plain.headers.location).toMatch(new RegExp(`^https://127.0.0.1:${tlsPort}/api/plans\\?a=1$`));
  const body = { email: "prod@example.com", password: "correct horse" };
  const [set = ""] = (await ask("/api/login", { body })).headers["set-cookie"] ?? [];
  expect(set).toMatch(/; Secure/i);
  return `${shown.protocol ?? ""}, the user's certificate; plain HTTP ${plain.status}; cookies over TLS alone`;
});

prove("rateLimits", "40 attempts to sign in at once, and 40 to read", async () => {
  const body = { email: "nobody@example.com", password: "wrong password" };
  const attempts = await Promise.all(Array.from({ length: 40 }, () => ask("/api/login", { body })));
  const refused = attempts.filter(({ status }) => status === 429);
  expect(attempts.every(({ status }) => [401, 429].includes(status))).toBe(true);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers).toHaveProperty("retry-after");
  const reads = await Promise.all(Array.from({ length: 40 }, () => ask("/api/plans")));
  expect(reads.every(({ status }) => status === 200)).toBe(true);
  return `${refused.length} of 40 attempts 429, 0 of 40 reads`;
});

prove("cors", "what an allowed origin and another one are told", async () => {
  const tell = async (origin: string) => {
    const headers = { Origin: origin, "Access-Control-Request-Method": "POST" };
    const { status, headers: told } = await ask("/api/usage", { method: "OPTIONS", headers });
    const answer = await ask("/api/plans", { headers: { Origin: origin } });
    return [status, told["access-control-allow-origin"], answer.headers["access-control-allow-origin"]];
  };
  const allowed = "https://app.example.com";
  expect(await tell(allowed)).toEqual([204, allowed, allowed]);
  const [, preflight, answer] = await tell("https://evil.example.net");
  expect([preflight, answer]).toEqual([undefined, undefined]);
  return "the allowed origin by name, another one nothing";
});

prove("isolated", "published ports, and what a stranger's container reaches", async () => {
  const names = await everything();
  const published = await Promise.all(
    names.map(async (name) => ({ name, ports: await dockerLines("port", name) })),
  );
  const open = published.filter(({ ports }) => ports.some((line) => !line.includes("127.0.0.1:")));
  expect(open.map(({ name }) => name)).toEqual([await balancer()]);
  const addresses: string[] = [];
  for (const [label, port] of [
    ["pool=backend", 4000],
    ["store=database", 5432],
    ["store=sessions", 6379],
  ] as const) {
    const [name = ""] = await findRunning(useProd().label, `flotilla.${label}`);
    const networks = await docker(
      ...["inspect", "--format={{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", name],
    );
    addresses.push(...networks.split(" ").map((address) => `${address}:${port}`));
  }
  const script = `const net = require("node:net");
    for (const address of ${JSON.stringify(addresses)}) {
      const [host, port] = address.split(":");
      const socket = net.connect({ host, port, timeout: 3000 });
      socket.on("connect", () => { console.log("reached", address); socket.destroy(); });
      for (const end of ["timeout", "error"]) socket.on(end, () => socket.destroy());
    }
    setTimeout(() => console.log("tried", ${addresses.length}), 4000);`;
  const tried = await docker("run", "--rm", "--name=saas-h-stranger", "node:24-slim", "node", "-e", script);
  expect(tried).toBe(`tried ${addresses.length}`);
  return `1 of ${names.length} containers is published; a stranger reached 0 of ${addresses.length} addresses`;
});

prove("answerCache", "an answer asked for again, and after a purge", async () => {
  const read = async () => {
    const { headers, json } = await askSignedIn("/api/plans?kept=1");
    return { state: headers["x-cache"], at: json?.answered_at };
  };
  const [first, second] = [await read(), await read()];
  const purged = await ask("/lb/purge?path=/api/plans", { method: "POST" });
  const third = await read();
  expect([first.state, second.state, third.state]).toEqual(["MISS", "HIT", "MISS"]);
  expect(second.at).toBe(first.at);
  expect(third.at).not.toBe(first.at);
  expect(Number(purged.json?.purged)).toBeGreaterThan(0);
  return `MISS, HIT with the same answer, ${String(purged.json?.purged)} purged, MISS`;
});

prove("staticCache", "what browsers are told of a file, and when they ask again", async () => {
  const first = await ask("/style.css");
  expect(first.headers["cache-control"]).toBe("public, max-age=3600");
  const again = await ask("/style.css", { headers: { "If-None-Match": first.headers.etag ?? "" } });
  expect(again.status).toBe(304);
  return `max-age=3600; asked again 304 with ${again.bytes.length} of ${first.bytes.length} bytes`;
});

prove("database", "entries written through each backend, read through all", async () => {
  const writers = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const answer = await askSignedIn("/api/usage", { body: { metric: "requests", amount: 2 } });
    expect(answer.status).toBe(201);
    writers.add(instanceOf(answer));
  }
  const readers = await Promise.all(Array.from({ length: 12 }, () => askSignedIn("/api/usage")));
  for (const { json } of readers) expect(json).toMatchObject({ events: 12, amount: 24 });
  expect([writers.size, new Set(readers.map(instanceOf)).size]).toEqual([3, 3]);
  return `12 entries by ${writers.size} backends, 12 of 12 readers see 12`;
});

prove("readReplica", "a report, which the second server answers", async () => {
  const { json } = await ask("/admin/monitoring/health");
  expect(json).toMatchObject({ checks: { readReplica: { ok: true } } });
  const seconds = await until("the report has all entries", async () => {
    const report = await askSignedIn("/api/usage/report?ms=0");
    return JSON.stringify(report.json?.report) === JSON.stringify([{ metric: "requests", amount: 24 }]);
  });
  return `it follows; all 12 entries there after ${seconds.toFixed(1)} s`;
});

prove("pooling", "connections while 60 requests are under way at once", async () => {
  const busy = Promise.all(Array.from({ length: 60 }, () => askSignedIn("/api/usage")));
  const { json } = await ask("/admin/monitoring/system/metrics");
  const answers = await busy;
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const database = json?.database as { pool: { max: number; open: number }; connections: number };
  expect(database.pool.max).toBe(10);
  expect(database.pool.open).toBeLessThanOrEqual(10);
  return `60 of 60 answered; at most ${database.pool.max} of a backend, ${database.pool.open} open`;
});
