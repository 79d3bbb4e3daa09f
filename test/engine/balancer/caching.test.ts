import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { until } from "../support/engine";
import { type Answer, readEcho } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { count, inWords } from "../support/counts";

const balancer = useBalancer({
  args: {
    pools: { api: workbench() },
    routes: [
      { path: "/", pool: "api" },
      { path: "/kept/", pool: "api", cache: {} },
      { path: "/static/", pool: "api", cache: { browserSeconds: 3600, authenticated: true } },
      { path: "/build/", pool: "api", cache: { browserSeconds: 31_536_000, immutable: true } },
      { path: "/brief/", pool: "api", cache: { seconds: 2, staleSeconds: 60 } },
      { path: "/strict/", pool: "api", cache: { seconds: 2, staleSeconds: 0 } },
      {
        path: "/pages/",
        pool: "api",
        cache: { key: "$host$uri$arg_page", bypass: ["$http_x_no_cache"] },
      },
      { path: "/rush/", pool: "api", cache: {} },
      { path: "/rush-free/", pool: "api", cache: { lock: false } },
    ],
  },
});

/** Nginx counts whole seconds. */
const pastItsTime = 3200;

function stateOf({ headers }: Answer): string {
  return String(headers["x-cache"] ?? "none");
}

async function statesOf(questions: Parameters<ReturnType<typeof balancer>["ask"]>[0][]): Promise<string[]> {
  const states: string[] = [];
  for (const question of questions) states.push(stateOf(await balancer().ask(question)));
  return states;
}

proof(
  "cache: of 20 requests for the same thing one reaches the replica; without a cache all do",
  async () => {
    const answers = await balancer().askMany(20, "/kept/a", 1);
    const states = count(answers, stateOf);
    expect(states).toEqual({ MISS: 1, HIT: 19 });
    expect(await balancer().countAtReplicas("GET /kept/a")).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const plain = await balancer().askMany(20, "/plain", 1);
    expect(count(plain, stateOf)).toEqual({ none: 20 });
    expect(await balancer().countAtReplicas("GET /plain")).toBe(20);
    return `${inWords(states)}; without a cache 20 of 20`;
  },
);

proof("cache: while a slow replica makes a new answer, the kept one is given at once", async () => {
  const path = "/brief/slow";
  expect(stateOf(await balancer().ask(path))).toBe("MISS");
  await wait(pastItsTime);
  const slowly = { path, headers: { "X-Wish": "ms=1500" } };
  const stale = await balancer().ask(slowly);
  // Nginx answers the next request of the same connection only when the new answer is there.
  const updating = await balancer().ask({ path, fresh: true });
  expect([stateOf(stale), stateOf(updating)]).toEqual(["STALE", "UPDATING"]);
  expect([readEcho(stale).number, readEcho(updating).number]).toEqual([1, 1]);
  let fresh = updating;
  await until("the new answer is there", async () => {
    fresh = await balancer().ask(path);
    return readEcho(fresh).number === 2;
  });
  expect(stateOf(fresh)).toBe("HIT");
  return "MISS, then past its time STALE and UPDATING with the first answer, then HIT with the second";
});

proof(
  "cache: while the replica is down, kept answers are given; without staleSeconds it is a 503",
  async () => {
    await balancer().askMany(1, "/brief/down");
    await balancer().askMany(1, "/strict/down");
    await wait(pastItsTime);
    await balancer().replica("1").order("refuse");
    const kept = await balancer().askMany(5, "/brief/down", 1);
    const strict = await balancer().ask("/strict/down");
    await balancer().replica("1").order("listen");
    expect(kept.every(({ status }) => status === 200)).toBe(true);
    expect(kept.every((answer) => ["STALE", "UPDATING"].includes(stateOf(answer)))).toBe(true);
    expect(strict.status).toBe(503);
    return `5 of 5 served (${inWords(count(kept, stateOf))}); without staleSeconds 503`;
  },
);

proof("cache: of 50 at once one reaches the replica; without lock more do", async () => {
  const ask = (path: string) => balancer().askMany(50, `${path}x?ms=400`, 50);
  const locked = await ask("/rush/");
  expect(locked.every(({ status }) => status === 200)).toBe(true);
  const reached = await balancer().countAtReplicas("GET /rush/x");
  expect(reached).toBe(1);
  await ask("/rush-free/");
  const free = await balancer().countAtReplicas("GET /rush-free/x");
  expect(free).toBeGreaterThan(10);
  return `1 of 50 reached it, without lock ${free}`;
});

proof(
  "cache: requests with cookies or credentials neither get nor leave kept answers, unless asked for",
  async () => {
    const notes: string[] = [];
    for (const headers of [{ Cookie: "session=1" }, { Authorization: "Bearer x" }]) {
      const path = `/kept/own-${Object.keys(headers)[0] ?? ""}`;
      const own = { path, headers };
      const states = await statesOf([own, path, path, own]);
      expect(states).toEqual(["BYPASS", "MISS", "HIT", "BYPASS"]);
      expect(await balancer().countAtReplicas(`GET ${path}`)).toBe(3);
      const shared = path.replace("kept", "static");
      const asked = await statesOf([{ path: shared, headers }, shared, { path: shared, headers }]);
      expect(asked).toEqual(["MISS", "HIT", "HIT"]);
      notes.push(`${Object.keys(headers)[0] ?? ""}: ${states.join(" ")}, asked for: ${asked.join(" ")}`);
    }
    return notes.join("; ");
  },
);

proof("cache: an answer that sets a cookie, or says that it is private, is never kept", async () => {
  const notes: string[] = [];
  for (const header of ["Set-Cookie: a=1", "Cache-Control: private", "Cache-Control: no-store"]) {
    const path = `/static/never?header=${encodeURIComponent(header)}`;
    const states = await statesOf([path, path, path]);
    expect(states).toEqual(["MISS", "MISS", "MISS"]);
    notes.push(`${header}: ${states.join(" ")}`);
  }
  const post = { path: "/kept/a", method: "POST" };
  expect(await balancer().countAtReplicas("POST /kept/a")).toBe(0);
  await statesOf([post, post]);
  expect(await balancer().countAtReplicas("POST /kept/a")).toBe(2);
  return notes.join("; ");
});

proof("cache: the application's max-age wins over the route's seconds", async () => {
  const path = "/brief/long?header=Cache-Control:%20max-age=600";
  const short = "/kept/short?header=Cache-Control:%20max-age=1";
  await statesOf([path, short]);
  await wait(pastItsTime);
  const states = await statesOf([path, short]);
  expect(states[0]).toBe("HIT");
  expect(["STALE", "EXPIRED"]).toContain(states[1]);
  return `max-age=600 on a route of 2 s: ${states[0] ?? ""}; max-age=1 on a route of an hour: ${states[1] ?? ""}`;
});

proof(
  "cache: browsers keep what the route says, for ever where it never changes, and neither failures nor what is private",
  async () => {
    const own = "header=Cache-Control:%20max-age=5";
    const headerOf = async (path: string) => (await balancer().ask(path)).headers["cache-control"];
    expect(await headerOf(`/static/logo?${own}`)).toBe("public, max-age=3600");
    expect(await headerOf(`/build/app.1a2b.js?${own}`)).toBe("public, max-age=31536000, immutable");
    expect(await headerOf(`/kept/logo?${own}`)).toBe("max-age=5");
    expect(await headerOf("/static/none?status=404")).toBeUndefined();
    for (const closed of ["private", "no-store"])
      expect(await headerOf(`/static/mine?header=Cache-Control:%20${closed}`)).toBe(closed);
    return "3600 s; private and no-store as they are; a year, immutable; the application's own; none on a 404";
  },
);

proof("cache: the key tells answers apart, and a bypass asks the replica", async () => {
  const states = await statesOf([
    "/pages/list?page=1&from=mail",
    "/pages/list?page=1&from=web",
    "/pages/list?page=2",
    { path: "/pages/list?page=1", headers: { "X-No-Cache": "1" } },
    { path: "/pages/list?page=1", headers: { Host: "other.example.com" } },
  ]);
  expect(states).toEqual(["MISS", "HIT", "MISS", "BYPASS", "MISS"]);
  return states.join(", ");
});
