import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { type Answer, countStatuses, createClient } from "../balancer/support/client";
import { listStatuses } from "../balancer/support/watched";
import { listAlerts, type MonitoringOutputs, query } from "../monitoring/support/prometheus";
import { docker, dockerLines, findReplica, findRunning, readBalancer, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { lines } from "./lines/chatbot";
import { settle, useExample } from "./support/example";
import { useLines } from "./support/lines";

const project = useExample("chatbot", "prod", {}, async (example) => {
  await settle(example, {
    "monitoring.port": await findFreePort(),
    "monitoring.alertmanager.port": await findFreePort(),
    "monitoring.grafana.enabled": false,
  });
});
const prove = useLines("chatbot", lines);

const readOutputs = async () => (await project().outputs()) as unknown as { monitoring: MonitoringOutputs };

function askMany(times: number, path: string, atOnce = times): Promise<Answer[]> {
  return createClient(project().port).askMany(times, path, atOnce);
}

/** What the engine says of each replica. */
async function inspect(format: string): Promise<string[]> {
  const replicas = await findRunning(project().label, "flotilla.role=replica");
  return dockerLines("inspect", `--format=${format}`, ...replicas);
}

/** One and the burst at once, and what the time allows; the others are told to come back. */
async function exceed(path: string, times: number, perSecond: number, burst: number): Promise<string> {
  const startedAt = performance.now();
  // Fewer connections than one address may have.
  const answers = await askMany(times, path, 15);
  const seconds = (performance.now() - startedAt) / 1000;
  const { "200": served = 0, "429": refused = 0 } = countStatuses(answers);
  expect(served).toBeGreaterThanOrEqual(1 + burst);
  expect(served).toBeLessThanOrEqual(2 + burst + Math.ceil(perSecond * seconds));
  expect(served + refused).toBe(times);
  expect(refused).toBeGreaterThan(0);
  return `${times} in ${seconds.toFixed(1)} s: ${served} served, ${refused} with 429`;
}

prove("generalLimit", "100 requests in a moment", () => exceed("/", 100, 10, 20));

prove("apiLimit", "150 requests in a moment", () => exceed("/api/status", 150, 30, 50));

prove("tuning", "the configuration that Nginx runs with", async () => {
  const text = await readBalancer(project().label);
  const wanted = [
    ...["least_conn;", "keepalive 64;", "keepalive_requests 100;", "keepalive_timeout 60000ms;"],
    "proxy_next_upstream error timeout http_502 http_503 http_504;",
    ...["proxy_next_upstream_tries 3;", "proxy_next_upstream_timeout 30s;"],
    // The route whose answers may be silent for half a minute.
    ...["proxy_read_timeout 9s;", "proxy_read_timeout 40s;", "limit_conn connections 20;"],
  ];
  for (const directive of wanted) expect(text).toContain(directive);
  // Each replica stands in two files.
  expect(new Set(text.match(/:3000 .*max_fails=3 fail_timeout=30s; # chat-\d/g)).size).toBe(3);
  return `${wanted.join(" ")} max_fails=3 fail_timeout=30s`;
});

prove("resources", "what the engine is told of each replica", async () => {
  const mebibyte = 1024 * 1024;
  const held = "{{.NanoCpus}} {{.Memory}} {{.CpuShares}} {{.MemoryReservation}} {{json .LogConfig.Config}}";
  const found = await inspect(`{{.Config.Healthcheck.Interval}} {{with .HostConfig}}${held}{{end}}`);
  const logs = '{"max-file":"3","max-size":"10m"}';
  expect(found).toEqual(
    Array(3).fill(`30000000000 1000000000 ${1024 * mebibyte} 512 ${512 * mebibyte} ${logs}`),
  );
  return `each of ${found.length}: ${found[0] ?? ""} (health, nano CPUs, bytes, shares of 1024, bytes, logs)`;
});

prove("production", "what it says of itself, its log, and its rehearsals", async () => {
  // Until the address has all of its burst again.
  await wait(3000);
  const [status] = await askMany(1, "/api/status");
  expect(status?.text).toContain('"mode":"production"');
  const [rehearsal] = await askMany(1, "/api/rehearsal?status=503");
  expect(rehearsal?.status).toBe(404);
  await askMany(3, "/api/chat?message=my-secret&words=1");
  const logs = await Promise.all(
    ["chat-1", "chat-2"].map(async (title) =>
      docker("logs", "--tail=50", await findReplica(project().label, title)),
    ),
  );
  expect(logs.join("\n")).toMatch(/\[chat-\d\] GET \/api\/chat 200/);
  expect(logs.join("\n")).not.toContain("my-secret");
  return "production; /api/rehearsal 404; the log has the request without what was said";
});

prove("monitor", "60 requests within the limits, and what each view says of them", async () => {
  const client = createClient(project().port);
  for (let i = 0; i < 60; i++) {
    expect((await client.ask("/api/chat?words=1")).status).toBe(200);
    await wait(45);
  }
  const replicas = await listStatuses(project().url);
  expect(replicas.map(({ replica, state }) => `${replica} ${state}`).sort()).toEqual(
    ["chat-1", "chat-2", "chat-3"].map((title) => `${title} healthy`),
  );
  let chats = 0;
  const { monitoring } = await readOutputs();
  await until("Prometheus knows all conversations", async () => {
    chats = (await query(monitoring, "sum(chatbot_chats_total)"))[0]?.value ?? 0;
    return chats >= 60;
  });
  return `${replicas.length} replicas healthy; ${chats} conversations`;
});

prove("advice", "the rules that Prometheus judges by", async () => {
  const { monitoring } = await readOutputs();
  const rules = await listAlerts(monitoring);
  const bounds = (name: string) => rules.get(name)?.query.match(/[<>] [\d.]+/g) ?? [];
  expect(bounds("ScaleUpAdvised")).toEqual(["> 0.7", "> 0.8", "> 2", "> 0.01"]);
  expect(bounds("ScaleDownAdvised")[0]).toBe("< 0.3");
  return `up ${bounds("ScaleUpAdvised").join(", ")}; down ${bounds("ScaleDownAdvised")[0] ?? ""}`;
});
