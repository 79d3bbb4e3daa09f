import http from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LogFormat } from "../../../components/types";
import type { Balancer } from "../../../nginx/model";
import { places } from "../../../nginx/places";
import { toBalancer } from "../../support/balancers";
import { longestInWords } from "../support/counts";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import { postsUnderWay } from "../support/exceptions";
import { row } from "../support/rows";
import { startWatched, type WatchedBalancer } from "./support/watched";

const holdSeconds = 10;

function makeBalancer(hold: number): Balancer {
  return toBalancer({
    pools: {
      api: {
        image: "api:1",
        port: 3000,
        balancing: { holdSeconds: hold, activeHealth: { intervalSeconds: 2 } },
      },
    },
    routes: [{ pool: "api" }, { path: "/v1/", pool: "api", rewrite: { pattern: "^/v1(/.*)$", to: "$1" } }],
    balancer: { status: { allow: ["0.0.0.0/0"] }, accessLog: { format: LogFormat.Json } },
  });
}

/** Sends a request and gives the answer with the seconds that it took. */
function send(
  url: string,
  {
    method = "POST",
    body = "x",
    leaveAfterMs,
  }: { method?: string; body?: string; leaveAfterMs?: number } = {},
): Promise<{ status: number | string; seconds: number; text: string }> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  return new Promise((resolve) => {
    const request = http.request(url, { method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, seconds: seconds(), text });
      });
    });
    request.on("error", ({ message }) => {
      resolve({ status: message, seconds: seconds(), text: "" });
    });
    request.end(body);
    if (leaveAfterMs !== undefined) setTimeout(() => request.destroy(new Error("left")), leaveAfterMs);
  });
}

describe("requests that find no replica", () => {
  let watched: WatchedBalancer;
  let replica: string;
  const members = (): { api: { name: string; title: string }[] } => ({
    api: [{ name: replica, title: "api-1" }],
  });

  beforeAll(async () => {
    watched = await startWatched();
    replica = await watched.startReplica("api-1", { args: ["--restart=no"] });
  });
  beforeEach(async () => {
    await docker("start", replica);
    await watched.push(makeBalancer(holdSeconds), members());
    await watched.reaches("api-1", "healthy");
    await until("it answers", async () => {
      const answer = await ask(watched.url);
      return typeof answer !== "string" && answer.status === 200;
    });
  });
  afterAll(() => watched.remove());

  test("wait for it, with what they carry", async () => {
    await docker("kill", replica);
    const body = "x".repeat(200_000);
    const answers = [
      send(`${watched.url}/echo?a=%20b`, { body }),
      send(`${watched.url}/v1/echo`, { body }),
      send(`${watched.url}/visits%2F1`, { method: "GET", body: "" }),
    ] as const;
    await wait(1500);
    await docker("start", replica);
    const [plain, rewritten, got] = await Promise.all(answers);
    expect(plain).toMatchObject({ status: 200 });
    expect(JSON.parse(plain.text)).toMatchObject({
      body: { length: 200_000 },
      method: "POST",
      path: "/echo",
    });
    expect(JSON.parse(rewritten.text)).toMatchObject({ body: { length: 200_000 }, path: "/echo" });
    expect(got).toMatchObject({ status: 200 });
    expect(got.text).toContain('"path":"/visits%2F1"');
    expect(plain.seconds).toBeGreaterThan(1);
  });

  test("are held where an operator says so, and then reach a replica with what they carry, rewritten", async () => {
    const file = `${places.held}api`;
    await docker("exec", watched.container, "sh", "-c", `echo $(($(date +%s) + 60)) >${file}`);
    const body = "x".repeat(200_000);
    const answers = [
      send(`${watched.url}/held`, { body }),
      send(`${watched.url}/v1/held-too`, { body }),
      send(`${watched.url}/v1/held%2F3`, { method: "GET", body: "" }),
    ] as const;
    await wait(3000);
    expect(await watched.askReplica(replica, "/counts")).not.toContain("/held");
    await docker("exec", watched.container, "rm", file);
    const [plain, rewritten, got] = await Promise.all(answers);
    expect([plain.status, rewritten.status, got.status]).toEqual([200, 200, 200]);
    expect([plain, rewritten, got].map(({ text }) => (JSON.parse(text) as { path: string }).path)).toEqual([
      "/held",
      "/held-too",
      "/held/3",
    ]);
    expect(plain.seconds).toBeGreaterThan(2.5);
    expect(rewritten.seconds).toBeGreaterThan(2.5);
  });

  test("reach a replica of settings that came while they waited", async () => {
    // Before the other one goes, whose address it would get.
    const other = await watched.startReplica("api-2", { args: ["--restart=no"] });
    try {
      await docker("kill", replica);
      const answers = [
        send(`${watched.url}/v1/echo`, { body: "carried" }),
        send(`${watched.url}/visits%2F2`, { method: "GET", body: "" }),
      ] as const;
      await wait(1000);
      await watched.push(makeBalancer(holdSeconds), { api: [{ name: other, title: "api-2" }] });
      const [posted, got] = await Promise.all(answers);
      expect(posted).toMatchObject({ status: 200 });
      expect(JSON.parse(posted.text)).toMatchObject({ body: { length: 7 }, path: "/echo" });
      expect(got).toMatchObject({ status: 200 });
      expect(got.text).toContain('"path":"/visits%2F2"');
    } finally {
      await docker("rm", "--force", other);
    }
  });

  test("are lost by none while the only replica is started anew", async () => {
    await row(
      {
        operation: "the only replica stops and starts, requests wait",
        slowest: { seconds: holdSeconds + 2, because: "requests wait until it is back" },
        target: watched.url,
        load: { clients: { busyGet: 8, busyPost: 8, slow: 0, idle: 4, fresh: 4 } },
        exception: postsUnderWay(
          "POSTs that the stopping replica had taken must not be repeated",
          watched.network,
        ),
        note: ({ report }) => longestInWords(report),
      },
      async () => {
        await docker("stop", "--time=5", replica);
        await wait(500);
        await docker("start", replica);
        await watched.reaches("api-1", "healthy");
      },
    );
  });

  test("are told so when none comes in time", async () => {
    await watched.push(makeBalancer(2), members());
    await docker("kill", replica);
    const { status, seconds } = await send(watched.url);
    expect(status).toBe(503);
    expect(seconds).toBeGreaterThan(1.8);
    expect(seconds).toBeLessThan(5);
  });

  test("are told so at once where requests do not wait", async () => {
    await watched.push(makeBalancer(0), members());
    await docker("kill", replica);
    const { status, seconds } = await send(watched.url);
    // Nothing has the replica's address now, so that even a connection takes too long.
    expect(status).toBe(504);
    expect(seconds).toBeLessThan(2);
  });

  test("are not sent again when they may have been carried out", async () => {
    const posted = send(`${watched.url}/slow?ms=5000`);
    const got = send(`${watched.url}/slow?ms=5000`, { method: "GET", body: "" });
    await wait(1000);
    await docker("kill", replica);
    await docker("start", replica);
    expect((await posted).status).toBe(503);
    expect((await posted).seconds).toBeLessThan(3);
    expect(await got).toMatchObject({ status: 200 });
  });

  test("wait no longer when their client leaves, and reach no replica then", async () => {
    await docker("kill", replica);
    const { status } = await send(`${watched.url}/left`, { leaveAfterMs: 1000 });
    expect(status).toBe("left");
    await until("Nginx has noticed", async () => {
      const log = await docker("logs", watched.container);
      return /"uri":"\/left","status":499/.test(log);
    });
    await docker("start", replica);
    await watched.reaches("api-1", "healthy");
    expect(await watched.askReplica(replica, "/counts")).not.toContain("/left");
  });

  test("are refused when too many wait already", async () => {
    await watched.push(makeBalancer(8), members());
    await docker("kill", replica);
    const answers = await Promise.all(Array.from({ length: 1300 }, () => send(watched.url)));
    const refused = answers.filter(({ status, seconds }) => status === 503 && seconds < 7).length;
    expect(answers.filter(({ status }) => status !== 503)).toEqual([]);
    expect(refused).toBeGreaterThan(100);
    expect(answers.length - refused).toBeGreaterThan(700);
  });
});
