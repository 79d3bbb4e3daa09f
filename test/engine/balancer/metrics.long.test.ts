import { setTimeout as wait } from "node:timers/promises";
import { LogFormat } from "../../../components/types";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBalancer } from "../../support/balancers";
import { parseMetrics, type Sample } from "../../support/metrics";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import { findStatus, startWatchedPair, type WatchedBalancer } from "./support/watched";

const balancer = toBalancer({
  pools: { api: { image: "api:1", port: 3000, balancing: { activeHealth: { intervalSeconds: 2 } } } },
  routes: [
    { pool: "api" },
    { path: "/limited", pool: "api", rate: { perSecond: 1, burst: 1 } },
    { path: "/kept", pool: "api", cache: { seconds: 60 } },
  ],
  balancer: { status: { allow: ["0.0.0.0/0"] }, accessLog: { format: LogFormat.Off } },
});

describe("the balancer's numbers for Prometheus", () => {
  let watched: WatchedBalancer;
  let replicas: string[];

  beforeAll(async () => {
    ({ watched, replicas } = await startWatchedPair(balancer));
  });
  afterAll(() => watched.remove());

  async function scrape(): Promise<Sample[]> {
    // The log is written within a second, and read within another.
    await wait(2500);
    return parseMetrics(await watched.inside("curl -sf http://127.0.0.1:8102/metrics"));
  }
  const sum = (samples: Sample[], name: string, labels: Record<string, string> = {}): number =>
    samples
      .filter((each) => each.name === name)
      .filter((each) => Object.entries(labels).every(([label, value]) => each.labels[label] === value))
      .reduce((total, { value }) => total + value, 0);

  test("count every request, also while the logs take turns and through reloads", async () => {
    const before = await scrape();
    let sent = 0;
    const started = Date.now();
    // Longer than two turns of the logs.
    while (Date.now() - started < 24_000) {
      await Promise.all(Array.from({ length: 20 }, () => ask(watched.url)));
      sent += 20;
      if (sent % 2000 === 0) await docker("exec", watched.container, "nginx", "-s", "reload");
    }
    const after = await scrape();
    const total = (name: string, labels?: Record<string, string>): number =>
      sum(after, name, labels) - sum(before, name, labels);
    expect(sent).toBeGreaterThan(4000);
    expect(total("flotilla_requests_total")).toBe(sent);
    expect(total("flotilla_requests_total", { upstream: "api", class: "2xx" })).toBe(sent);
    expect(total("flotilla_request_duration_seconds_count")).toBe(sent);
    expect(total("flotilla_request_duration_seconds_bucket", { le: "+Inf" })).toBe(sent);
    expect(total("flotilla_try_duration_seconds_count")).toBe(sent);
    for (const replica of ["api-1", "api-2"])
      expect(total("flotilla_requests_total", { replica })).toBeGreaterThan(sent / 4);
  });

  test("tell failures, retries, kept answers and refused requests apart", async () => {
    const before = await scrape();
    for (let i = 0; i < 6; i++) await ask(`${watched.url}/fail?status=500`);
    for (let i = 0; i < 3; i++) await ask(`${watched.url}/fail?status=503`);
    for (let i = 0; i < 5; i++) await ask(`${watched.url}/kept?x=1`);
    for (let i = 0; i < 10; i++) await ask(`${watched.url}/limited`);
    await ask(`${watched.url}/slow?ms=300`);
    const after = await scrape();
    const total = (name: string, labels?: Record<string, string>): number =>
      sum(after, name, labels) - sum(before, name, labels);
    expect(total("flotilla_requests_total", { class: "5xx" })).toBe(9);
    // Two replicas, so a 503 is tried twice.
    expect(total("flotilla_retries_total", { upstream: "api" })).toBe(3);
    expect(total("flotilla_errors_total")).toBe(6 + 6);
    expect(total("flotilla_cache_total", { status: "MISS" })).toBe(1);
    expect(total("flotilla_cache_total", { status: "HIT" })).toBe(4);
    expect(total("flotilla_limited_total", { route: "/limited" })).toBeGreaterThanOrEqual(7);
    const slower = total("flotilla_request_duration_seconds_bucket", { le: "0.5" });
    expect(slower - total("flotilla_request_duration_seconds_bucket", { le: "0.25" })).toBe(1);
    expect(total("flotilla_sent_bytes_total")).toBeGreaterThan(1000);
  });

  test("say which replicas are up, and when they were asked", async () => {
    const [first = ""] = replicas;
    expect(sum(await scrape(), "flotilla_replica_up", { upstream: "api", replica: "api-1" })).toBe(1);
    await watched.askReplica(first, "/health/set?healthy=false", "POST");
    await watched.reaches("api-1", "out");
    const samples = await scrape();
    expect(sum(samples, "flotilla_replica_up", { replica: "api-1" })).toBe(0);
    expect(sum(samples, "flotilla_replica_up", { replica: "api-2" })).toBe(1);
    const asked = sum(samples, "flotilla_replica_asked_timestamp_seconds", { replica: "api-2" });
    expect(Math.abs(Date.now() / 1000 - asked)).toBeLessThan(10);
    await watched.askReplica(first, "/health/set?healthy=true", "POST");
    await watched.reaches("api-1", "healthy");
  });

  test("are the same that people see", async () => {
    const status = await findStatus(watched.url, "api-2");
    expect(status).toMatchObject({ pool: "api", state: "healthy", strikes: 0, lastAnswer: "200" });
    expect(status.requests).toBe(
      sum(await scrape(), "flotilla_try_duration_seconds_count", { replica: "api-2" }),
    );
    expect(status.address).toMatch(/^\d+\.\d+\.\d+\.\d+:3000$/);
    const page = await docker(
      ...["exec", watched.container, "curl", "-s", "-H", "Accept: text/html", "http://127.0.0.1/lb/status"],
    );
    expect(page).toContain('<td data-title="Replica">api-2</td>');
  });

  test("are no request, and neither is the status", async () => {
    const before = sum(await scrape(), "flotilla_requests_total");
    for (let i = 0; i < 5; i++) await ask(`${watched.url}/lb/status`);
    expect(sum(await scrape(), "flotilla_requests_total")).toBe(before);
    await until("Nginx tells of its connections", async () =>
      (await watched.inside("curl -s http://127.0.0.1/nginx-status")).includes("Active connections"),
    );
  });

  test("are for those alone who may see them", async () => {
    await watched.push(
      { ...balancer, statusAllow: ["10.99.99.99"], purgeAllow: ["10.99.99.99"] },
      { api: replicas.map((name, i) => ({ name, title: `api-${i + 1}` })) },
    );
    for (const path of ["/lb/status", "/nginx-status", "/lb/purge?path=*"])
      expect(await ask(watched.url + path)).toMatchObject({ status: 403 });
  });
});
