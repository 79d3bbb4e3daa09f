import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect } from "vitest";
import { type Authority, makeAuthority } from "../balancer/support/authority";
import { shakeHands } from "../balancer/support/tls-client";
import { dockerLines, findRunning, readBalancer, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { lines } from "./lines/saas";
import { settle, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { instanceOf, signUp } from "./support/saas";
import { send, type Sending } from "./support/sending";

let authority: Authority<"site">;
let tlsPort: number;
let cookie: string;

const useProd = useExample("saas", "prod", {}, async (project) => {
  tlsPort = await findFreePort();
  authority = await makeAuthority({ site: { hosts: ["localhost", "127.0.0.1"] } });
  writeFileSync(join(project.folder, "site.pem"), authority.issued.site.certificate);
  writeFileSync(join(project.folder, "site.key"), authority.issued.site.key);
  await settle(project, {
    "balancer.tls.port": tlsPort,
    "balancer.tls.certificates": [{ certificateFile: "site.pem", keyFile: "site.key" }],
    "monitoring.port": await findFreePort(),
    "monitoring.grafana.enabled": false,
  });
});
beforeAll(async () => {
  cookie = await signUp(`https://127.0.0.1:${tlsPort}`, "prod@example.com", { ca: authority.certificate });
});

const prove = useLines("saas", lines);
const ask = (path: string, sending: Sending = {}) =>
  send(`https://127.0.0.1:${tlsPort}${path}`, { ca: authority.certificate, ...sending });
const askSignedIn = (path: string, sending: Sending = {}) =>
  ask(path, { ...sending, headers: { Cookie: cookie, ...sending.headers } });
const backends = () => findRunning(useProd().label, "flotilla.pool=backend");

prove("threeInProd", "the containers, and who answers", async () => {
  expect(await backends()).toHaveLength(3);
  const answers = await Promise.all(Array.from({ length: 30 }, () => askSignedIn("/api/me")));
  const seen = new Set(answers.map(instanceOf));
  expect([...seen].sort()).toEqual(["backend-1", "backend-2", "backend-3"]);
  return `${seen.size} backends answered 30 requests`;
});

prove("settings", "the configuration that Nginx runs with, and what the engine is told", async () => {
  const text = await readBalancer(useProd().label);
  const wanted = ["least_conn;", "keepalive 32;", "gzip on;", "limit_conn connections 100;"];
  for (const directive of wanted) expect(text).toContain(directive);
  const held = "{{.Config.Healthcheck.Interval}} {{.HostConfig.NanoCpus}} {{.HostConfig.Memory}}";
  const found = await dockerLines("inspect", `--format=${held}`, ...(await backends()));
  expect(found).toEqual(Array(3).fill("30000000000 2000000000 2147483648"));
  return `${wanted.join(" ")}; ${found.length} backends: ${found[0] ?? ""} (nanoseconds between checks, nano CPUs, bytes)`;
});

prove("headers", "of pages of Nginx and of answers", async () => {
  const security = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
    "content-security-policy": "default-src 'self'",
  };
  const origin = "https://app.example.com";
  const cors = { "access-control-allow-origin": origin };
  const asked: [string, Sending["headers"], object][] = [
    ["/", {}, security],
    ["/api/plans", {}, security],
    ["/page.js", { "Accept-Encoding": "gzip" }, { "content-encoding": "gzip" }],
    ["/style.css", {}, { "cache-control": "public, max-age=3600" }],
    ["/api/plans", { Origin: origin }, cors],
  ];
  for (const [path, headers = {}, expected] of asked)
    expect((await ask(path, { headers })).headers).toMatchObject(expected);
  const stranger = await ask("/api/plans", { headers: { Origin: "https://evil.example.net" } });
  expect(stranger.headers).not.toHaveProperty("access-control-allow-origin");
  const { status, json, headers } = await ask("/health");
  expect([status, json]).toEqual([200, { status: "ok" }]);
  expect(headers).not.toHaveProperty("x-instance-id");
  return `${Object.keys(security).length} security headers, gzip, an hour in browsers, one origin; /health by the balancer`;
});

prove("tls", "the certificate that is shown, what plain HTTP gets, and the cookie", async () => {
  const shown = await shakeHands(tlsPort, { ca: authority.certificate });
  const { fingerprint256 } = new X509Certificate(authority.issued.site.certificate);
  expect(shown).toMatchObject({ authorized: true, fingerprint: fingerprint256 });
  const plain = await send(`${useProd().url}/api/plans?a=1`);
  expect([plain.status, plain.headers.location]).toEqual([308, `https://127.0.0.1:${tlsPort}/api/plans?a=1`]);
  const body = { email: "prod@example.com", password: "correct horse" };
  const [set = ""] = (await ask("/api/login", { body })).headers["set-cookie"] ?? [];
  expect(set).toMatch(/; Secure/i);
  return `${shown.protocol ?? ""}, the user's certificate; plain HTTP ${plain.status}; cookies over TLS alone`;
});

prove("rateLimits", "40 attempts to sign in at once, and 40 to read", async () => {
  const body = { email: "nobody@example.com", password: "wrong password" };
  const countRefused = async (path: string, sending: Sending) => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(path, sending)));
    return answers.filter(({ status }) => status === 429).length;
  };
  const refused = [await countRefused("/api/login", { body }), await countRefused("/api/plans", {})];
  expect(refused[0]).toBeGreaterThan(0);
  expect(refused[1]).toBe(0);
  return `${refused[0] ?? ""} of 40 attempts 429, 0 of 40 reads`;
});

prove("answerCache", "an answer asked for again, and after a purge", async () => {
  const read = async () => (await askSignedIn("/api/plans?kept=1")).headers["x-cache"];
  const states = [await read(), await read()];
  await ask("/lb/purge?path=/api/plans", { method: "POST" });
  states.push(await read());
  expect(states).toEqual(["MISS", "HIT", "MISS"]);
  return `${states.join(", ")} after the purge`;
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
