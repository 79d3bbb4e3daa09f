import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { type Answer, countStatuses, createClient } from "../balancer/support/client";
import { listStatuses } from "../balancer/support/watched";
import { askServer, type MonitoringOutputs, query } from "../monitoring/support/prometheus";
import { awaitFirstChecks, docker, dockerLines, findReplica, findRunning, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { lines } from "./lines/chatbot";
import { useExample } from "./support/example";
import { useLines } from "./support/lines";
import { count, inWords } from "../support/counts";

const project = useExample("chatbot", "prod", {}, async ({ configure }) => {
  await configure({
    "chatbot:monitoringPort": String(await findFreePort()),
    "chatbot:alertmanagerPort": String(await findFreePort()),
  });
});
const prove = useLines("chatbot", lines);

function askMany(times: number, path: string, atOnce = times): Promise<Answer[]> {
  return createClient(project().port).askMany(times, path, atOnce);
}

/** What the engine says of each replica. */
async function inspect(format: string): Promise<string[]> {
  const replicas = await findRunning(project().label, "flotilla.role=replica");
  return dockerLines("inspect", `--format=${format}`, ...replicas);
}

/** Waits until an address has all of its burst again. */
async function rest(): Promise<void> {
  await wait(3000);
}

/** One and the burst at once, and what the time allows; the others are told to come back. */
async function exceed(path: string, times: number, perSecond: number, burst: number): Promise<string> {
  await rest();
  const startedAt = performance.now();
  // Fewer connections than one address may have.
  const answers = await askMany(times, path, 15);
  const seconds = (performance.now() - startedAt) / 1000;
  const { "200": served = 0, "429": refused = 0 } = countStatuses(answers);
  expect(served).toBeGreaterThanOrEqual(1 + burst);
  expect(served).toBeLessThanOrEqual(2 + burst + Math.ceil(perSecond * seconds));
  expect(served + refused).toBe(times);
  expect(refused).toBeGreaterThan(0);
  await rest();
  expect(countStatuses(await askMany(perSecond, path, perSecond / 2))).toEqual({ "200": perSecond });
  return `${times} in ${seconds.toFixed(1)} s: ${served} served, ${refused} with 429; ${perSecond} at once: all served`;
}

prove("generalLimit", "100 requests in a moment, and later 10", () => exceed("/", 100, 10, 20));

prove("apiLimit", "150 requests in a moment, and later 30", () => exceed("/api/status", 150, 30, 50));

prove("connectionLimit", "30 answers of 3 s at once", async () => {
  await rest();
  const statuses = countStatuses(await askMany(30, "/api/chat?words=2&pause=3000"));
  expect(statuses).toEqual({ "200": 20, "429": 10 });
  return inWords(statuses);
});

prove("slow", "a POST whose answer begins after 30 s", async () => {
  const question = { path: "/api/chat?words=7&pause=5000", method: "POST", body: "{}" };
  const { status, seconds } = await createClient(project().port).ask(question);
  expect(status).toBe(200);
  expect(seconds).toBeGreaterThan(30);
  return `${status} after ${seconds.toFixed(1)} s`;
});

prove("tuning", "the configuration that Nginx runs with", async () => {
  const [balancer = ""] = await findRunning(project().label, "flotilla.role=balancer");
  const [, file = ""] = /-c (\S+)/.exec(await docker("top", balancer, "-o", "pid,args")) ?? [];
  const text = await docker("exec", balancer, "nginx", "-T", "-c", file);
  const [, pool = ""] = /upstream chat \{(.*?)\n *\}/s.exec(text) ?? [];
  const wanted = ["least_conn;", "keepalive 64;", "keepalive_requests 100;", "keepalive_timeout 60000ms;"];
  for (const directive of wanted) expect(pool).toContain(directive);
  const servers = text.match(/server chatbot-chat-\d\S*:3000 .*/g) ?? [];
  expect(servers).toHaveLength(3);
  for (const server of servers) expect(server).toMatch(/max_fails=3 fail_timeout=30s/);
  return `${wanted.join(" ")} ${servers[0] ?? ""}`;
});

prove("health", "the health check of each container, and what it found", async () => {
  await awaitFirstChecks(project().label);
  const found = await inspect("{{.Config.Healthcheck.Interval}} {{.State.Health.Status}}");
  expect(found).toEqual(Array(3).fill("30s healthy"));
  for (const test of await inspect("{{.Config.Healthcheck.Test}}")) expect(test).toContain(":3000/health");
  return found.join(", ");
});

prove("resources", "what the engine holds each replica to", async () => {
  const mebibyte = 1024 * 1024;
  const format = "{{.NanoCpus}} {{.Memory}} {{.CpuShares}} {{.MemoryReservation}}";
  const found = await inspect(`{{with .HostConfig}}${format}{{end}}`);
  expect(found).toEqual(Array(3).fill(`1000000000 ${1024 * mebibyte} 512 ${512 * mebibyte}`));
  return `each of ${found.length}: ${found[0] ?? ""} (nano CPUs, bytes, shares of 1024, bytes)`;
});

prove("logs", "36 MB of log lines, and the files that the engine keeps", async () => {
  const replica = await findReplica(project().label, "chat-3");
  // The application logs each path.
  const ask = 'fetch("http://127.0.0.1:3000/" + "x".repeat(9000)).then((answer) => answer.text())';
  await docker(
    "exec",
    replica,
    "node",
    "-e",
    `(async () => { for (let i = 0; i < 4000; i++) await ${ask}; })()`,
  );
  const path = await docker("inspect", "--format={{.LogPath}}", replica);
  const sizes = (): number[] =>
    readdirSync(dirname(path))
      .filter((name) => name.startsWith(basename(path)))
      .map((name) => statSync(join(dirname(path), name)).size / 2 ** 20);
  await until("three files", () => sizes().length >= 3, 30);
  expect(sizes()).toHaveLength(3);
  for (const size of sizes()) expect(size).toBeLessThan(10.5);
  const written = sizes().map((size) => size.toFixed(1));
  return `36 MB written, kept ${written.join(" + ")} MiB`;
});

prove("production", "what it says of itself, its log, and its rehearsals", async () => {
  await rest();
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

prove("monitor", "300 requests within the limits, and what each view says of them", async () => {
  const client = createClient(project().port);
  const answers: Answer[] = [];
  for (let i = 0; i < 300; i++) {
    answers.push(await client.ask("/api/chat?words=1"));
    await wait(45);
  }
  expect(countStatuses(answers)).toEqual({ "200": 300 });
  const seen = count(answers, ({ headers }) => String(headers["x-instance-id"]));
  const replicas = await listStatuses(project().url);
  expect(replicas.map(({ replica, state }) => `${replica} ${state}`).sort()).toEqual(
    ["chat-1", "chat-2", "chat-3"].map((title) => `${title} healthy`),
  );
  for (const { replica, requests } of replicas) expect(requests).toBeGreaterThanOrEqual(seen[replica] ?? NaN);
  const names = await findRunning(project().label, "flotilla.role=replica");
  const stats = await dockerLines("stats", "--no-stream", "--format={{.CPUPerc}} {{.MemUsage}}", ...names);
  expect(stats).toHaveLength(3);
  for (const line of stats) expect(line).toMatch(/^[\d.]+% [\d.]+MiB \/ 1GiB$/);
  const { monitoring } = (await project().outputs()) as unknown as { monitoring: MonitoringOutputs };
  const figures = async (expression: string): Promise<number[]> =>
    (await query(monitoring, expression)).map(({ value }) => value);
  await until("Prometheus knows the shares", async () => {
    const shares = await figures('replica:share:ratio{pool="chat"}');
    return shares.length === 3 && shares.every((share) => share > 0.1);
  });
  const [rate = 0] = await figures('pool:requests:rate{pool="chat"}');
  expect(rate).toBeGreaterThan(0);
  expect(await figures('pool:error:ratio{pool="chat"}')).toEqual([0]);
  let chats = 0;
  await until("Prometheus knows all conversations", async () => {
    chats = (await figures("sum(chatbot_chats_total)"))[0] ?? 0;
    return chats >= 300;
  });
  const errors = replicas.reduce((sum, each) => sum + each.errors, 0);
  return `answers ${inWords(seen)}; ${errors} errors; docker stats ${stats.join(", ")}; Prometheus ${rate.toFixed(1)} a second, ${chats} conversations`;
});

prove("advice", "the rules that Prometheus judges by", async () => {
  const { monitoring } = (await project().outputs()) as unknown as { monitoring: MonitoringOutputs };
  const answer = await askServer(monitoring, `${monitoring.url}/api/v1/rules?type=alert`);
  const { data } = (await answer.json()) as {
    data: { groups: { rules: { name: string; query: string; health: string }[] }[] };
  };
  const find = (name: string): string =>
    data.groups.flatMap(({ rules }) => rules).find((rule) => rule.name === name)?.query ?? "";
  const bounds = (name: string): string[] => find(name).match(/[<>] [\d.]+/g) ?? [];
  expect(bounds("ScaleUpAdvised")).toEqual(["> 0.7", "> 0.8", "> 2", "> 0.01"]);
  expect(bounds("ScaleDownAdvised")[0]).toBe("< 0.3");
  return `up ${bounds("ScaleUpAdvised").join(", ")}; down ${bounds("ScaleDownAdvised")[0] ?? ""}`;
});
