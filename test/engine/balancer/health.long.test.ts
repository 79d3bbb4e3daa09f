import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepaliveMinSeconds } from "../../../nginx/http";
import { docker, until } from "../support/engine";
import { ask, watch } from "../support/requests";
import { row } from "../support/rows";
import { findStatus, startWatched, startWatchedPair, type WatchedBalancer } from "./support/watched";
import { toBalancer } from "../../support/balancers";

const strikes = 3;
const asked = toBalancer({
  pools: {
    api: {
      image: "api:1",
      port: 3000,
      balancing: { activeHealth: { intervalSeconds: 2, timeoutSeconds: 1, strikes }, holdSeconds: 0 },
    },
  },
  balancer: { status: { allow: ["0.0.0.0/0"] } },
});

/** Requests other than health questions that a replica has received. */
async function countReceived(watched: WatchedBalancer, replica: string): Promise<number> {
  const { total } = JSON.parse(await watched.askReplica(replica, "/counts")) as { total: number };
  return total;
}

/** Status of an answer, or what went wrong. */
async function statusOf(url: string): Promise<number | string> {
  const answer = await ask(url);
  return typeof answer === "string" ? answer : answer.status;
}

describe("replicas that are asked whether they are healthy", () => {
  let watched: WatchedBalancer;
  let replicas: string[];

  beforeAll(async () => {
    ({ watched, replicas } = await startWatchedPair(asked));
  });
  afterAll(() => watched.remove());

  test("get no request from the third strike on, and are back at the first healthy answer", async () => {
    const [first = ""] = replicas;
    await row(
      {
        operation: "a replica's health path says 503 while it answers all else, then 200 again",
        target: watched.url,
        note: ({ result }) => `out after ${result.out.toFixed(1)} s, back after ${result.back.toFixed(1)} s`,
      },
      async () => {
        await watched.askReplica(first, "/health/set?healthy=false", "POST");
        const out = await until("api-1 is out", () => watched.isMarked("api", first), 20);
        // Until then a client that was idle may ask a worker of before once more.
        await wait(keepaliveMinSeconds * 1000 + 1500);
        const before = await countReceived(watched, first);
        await wait(3000);
        // The question itself is one.
        expect((await countReceived(watched, first)) - before).toBe(1);
        const status = await findStatus(watched.url, "api-1");
        expect(status).toMatchObject({ state: "out", lastAnswer: "503" });
        expect(status.strikes).toBeGreaterThanOrEqual(strikes);
        await watched.askReplica(first, "/health/set?healthy=true", "POST");
        const back = await until("api-1 is back", async () => !(await watched.isMarked("api", first)), 20);
        await until("api-1 is used again", async () => (await countReceived(watched, first)) - before > 20);
        return { out, back };
      },
    );
  });

  test("are out when a connection is refused, and back when they are healthy, not as soon as they listen", async () => {
    const [, second = ""] = replicas;
    await row(
      { operation: "a replica's process dies and is back, first unhealthy", target: watched.url, load: gets },
      async () => {
        await docker("kill", second);
        await until("api-2 is out", () => watched.isMarked("api", second), 20);
        await docker("start", second);
        await watched.askReplica(second, "/health/set?healthy=false", "POST");
        await wait(4000);
        expect(await watched.isMarked("api", second)).toBe(true);
        await watched.askReplica(second, "/health/set?healthy=true", "POST");
        await until("api-2 is back", async () => !(await watched.isMarked("api", second)), 20);
      },
    );
  });

  test("are answered for with 503 at once when all are out, and come back by themselves", async () => {
    for (const replica of replicas) await watched.askReplica(replica, "/health/set?healthy=false", "POST");
    await until("requests are refused", async () => (await statusOf(watched.url)) === 503, 20);
    expect(await Promise.all(replicas.map((replica) => watched.isMarked("api", replica)))).toEqual([
      true,
      true,
    ]);
    const started = Date.now();
    expect(await statusOf(watched.url)).toBe(503);
    expect(Date.now() - started).toBeLessThan(1000);
    for (const replica of replicas) await watched.askReplica(replica, "/health/set?healthy=true", "POST");
    await until("requests are answered", async () => (await statusOf(watched.url)) === 200);
    for (const title of ["api-1", "api-2"]) await watched.reaches(title, "healthy");
  });

  test("do not hinder a push while they are out, which keeps them out", async () => {
    const [first = "", second = ""] = replicas;
    await watched.askReplica(first, "/health/set?healthy=false", "POST");
    await until("api-1 is out", () => watched.isMarked("api", first), 20);
    const third = await watched.startReplica("api-3");
    replicas.push(third);
    const stop = watch(watched.url);
    await watched.pushByScript(
      asked,
      [first, second, third].map((name, i) => ({ name, title: `api-${i + 1}` })),
    );
    expect(await watched.isMarked("api", first)).toBe(true);
    expect((await stop()).filter(({ outcome }) => outcome !== 200)).toEqual([]);
    await watched.askReplica(first, "/health/set?healthy=true", "POST");
    await until("api-1 is back", async () => !(await watched.isMarked("api", first)), 20);
  });

  test("are asked as often as the settings say", async () => {
    const [, second = ""] = replicas;
    const count = async (): Promise<number> => {
      const text = await watched.askReplica(second, "/counts");
      return (JSON.parse(text) as { healthChecks: number }).healthChecks;
    };
    const before = await count();
    await wait(10_000);
    const questions = (await count()) - before;
    expect(questions).toBeGreaterThanOrEqual(4);
    expect(questions).toBeLessThanOrEqual(6);
  });
});

/** A POST on a replica that dies is lost, as it must not be repeated; that is another test's. */
const gets = { method: "GET" } as const;

describe("a single replica", () => {
  let watched: WatchedBalancer;
  let replica: string;

  beforeAll(async () => {
    watched = await startWatched();
    replica = await watched.startReplica("api-1");
    await watched.push(asked, { api: [{ name: replica, title: "api-1" }] });
    await watched.reaches("api-1", "healthy");
  });
  afterAll(() => watched.remove());

  test("gets no request either while it is out", async () => {
    await watched.askReplica(replica, "/health/set?healthy=false", "POST");
    await until("requests are refused", async () => (await statusOf(watched.url)) === 503, 20);
    const before = await countReceived(watched, replica);
    expect(await statusOf(watched.url)).toBe(503);
    expect((await countReceived(watched, replica)) - before).toBe(1);
    await watched.askReplica(replica, "/health/set?healthy=true", "POST");
    await until("api-1 is back", async () => !(await watched.isMarked("api", replica)), 20);
  });

  test("is still out after the balancer has started again", async () => {
    await watched.askReplica(replica, "/health/set?healthy=false", "POST");
    await until("api-1 is out", () => watched.isMarked("api", replica), 20);
    await docker("restart", "--time=1", watched.container);
    await until("Nginx answers", async () => typeof (await statusOf(watched.url)) === "number");
    // Fewer seconds than three strikes take: it is out because it was.
    const end = Date.now() + 4500;
    while (Date.now() < end) {
      expect(await statusOf(watched.url)).toBe(503);
      await wait(100);
    }
    await watched.askReplica(replica, "/health/set?healthy=true", "POST");
    await until("api-1 is back", async () => !(await watched.isMarked("api", replica)), 20);
  });
});
