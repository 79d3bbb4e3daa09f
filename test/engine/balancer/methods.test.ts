import { expect } from "vitest";
import { Method, SameSite } from "../../../components/types";
import { type Answer, countInstances, type Question } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { inWords } from "../support/counts";

const requests = 10_000;
const pools = {
  turns: workbench({ replicas: 3, balancing: { method: Method.RoundRobin } }),
  weighted: workbench({ replicas: 2, balancing: { method: Method.RoundRobin, weights: [3, 1] } }),
  least: workbench({ replicas: 3 }),
  addresses: workbench({ replicas: 3, balancing: { method: Method.IpHash } }),
  users: workbench({ replicas: 3, balancing: { method: Method.Hash, hashKey: "$cookie_user" } }),
  drawn: workbench({ replicas: 3, balancing: { method: Method.Random } }),
  spare: workbench({ replicas: 3, balancing: { spares: 1 } }),
  api: workbench({ replicas: 3, balancing: { sticky: {} } }),
  forms: workbench({
    replicas: 3,
    balancing: { sticky: { cookie: "form", seconds: 3600, sameSite: SameSite.Strict } },
  }),
  narrow: workbench({ replicas: 2, balancing: { method: Method.RoundRobin, maxConnections: 2 } }),
};
const balancer = useBalancer({
  args: {
    pools,
    routes: Object.keys(pools).map((pool) => ({ path: `/${pool}`, pool })),
    balancer: { trustedProxies: { addresses: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] } },
  },
});

proof("round-robin: each of 3 replicas has a third of 10,000 requests, within 1 %", async () => {
  const counts = countInstances(await balancer().askMany(requests, "/turns"));
  expect(Object.keys(counts)).toEqual(["1", "2", "3"]);
  for (const share of Object.values(counts))
    expect(Math.abs(share - requests / 3)).toBeLessThan(requests / 100);
  return inWords(counts);
});

proof("weights 3:1: three quarters of 10,000 requests, within 2 %", async () => {
  const counts = countInstances(await balancer().askMany(requests, "/weighted"));
  expect(Math.abs((counts["1"] ?? 0) - requests * 0.75)).toBeLessThan(requests / 50);
  expect((counts["1"] ?? 0) + (counts["2"] ?? 0)).toBe(requests);
  return inWords(counts);
});

proof("least_conn: a slow replica has fewer; round-robin gives it as many", async () => {
  const slow = "?only=1&ms=50";
  const least = countInstances(await balancer().askMany(900, `/least${slow}`, 12));
  const turns = countInstances(await balancer().askMany(300, `/turns${slow}`, 12));
  expect(least["1"] ?? 0).toBeLessThan(900 / 3 / 2);
  expect(turns["1"] ?? 0).toBe(100);
  return `least_conn ${inWords(least)}; round-robin ${inWords(turns)}`;
});

proof("ip_hash: a client stays with its replica, and 60 clients spread", async () => {
  // What counts of an IPv4 address are its first three numbers.
  const from = (index: number): Question => ({
    path: "/addresses",
    headers: { "X-Forwarded-For": `203.0.${index % 60}.7` },
  });
  const answers = await balancer().askMany(600, from);
  const replicasOf = Array.from({ length: 60 }, (_, client) =>
    Object.keys(countInstances(answers.filter((_answer, index) => index % 60 === client))),
  );
  expect(replicasOf.every((replicas) => replicas.length === 1)).toBe(true);
  const spread = countInstances(answers);
  expect(Object.keys(spread)).toEqual(["1", "2", "3"]);
  const one = countInstances(await balancer().askMany(60, from(0)));
  expect(Object.values(one)).toEqual([60]);
  return `60 clients with one replica each, requests ${inWords(spread)}`;
});

proof("hash by a cookie: a user stays with a replica, and 60 users spread", async () => {
  const by = (index: number): Question => ({ path: "/users", headers: { Cookie: `user=u${index % 60}` } });
  const answers = await balancer().askMany(600, by);
  const replicasOf = Array.from({ length: 60 }, (_, user) =>
    Object.keys(countInstances(answers.filter((_answer, index) => index % 60 === user))),
  );
  expect(replicasOf.every((replicas) => replicas.length === 1)).toBe(true);
  const spread = countInstances(answers);
  expect(Object.keys(spread)).toEqual(["1", "2", "3"]);
  return `60 users with one replica each, requests ${inWords(spread)}`;
});

proof("random of two: every replica has a part, and a slow one fewer", async () => {
  const even = countInstances(await balancer().askMany(3000, "/drawn"));
  for (const share of Object.values(even)) expect(share).toBeGreaterThan(700);
  expect(Object.keys(even)).toEqual(["1", "2", "3"]);
  const slow = countInstances(await balancer().askMany(900, "/drawn?only=1&ms=50", 12));
  expect(slow["1"] ?? 0).toBeLessThan(900 / 3 / 2);
  return `alike ${inWords(even)}; with 1 slow ${inWords(slow)}`;
});

proof("a backup is used only while the others are gone", async () => {
  const before = countInstances(await balancer().askMany(100, "/spare"));
  expect(Object.keys(before)).toEqual(["1", "2"]);
  await Promise.all(["1", "2"].map((instance) => balancer().replica(instance).order("refuse")));
  const without = await balancer().askMany(100, "/spare");
  await Promise.all(["1", "2"].map((instance) => balancer().replica(instance).order("listen")));
  expect(countInstances(without)).toEqual({ "3": 100 });
  return `others there: ${inWords(before)}; others gone: ${inWords(countInstances(without))}`;
});

proof("maxConnections 2: no more at a time at one replica, the rest are refused", async () => {
  await balancer().reset();
  const limited = await balancer().askMany(12, "/narrow?ms=600", 12);
  const busiest = await Promise.all(
    balancer().replicas.map(async (replica) => (await replica.seen()).busiest),
  );
  expect(busiest.slice(0, 2)).toEqual([2, 2]);
  const served = limited.filter(({ status }) => status === 200).length;
  expect(limited.filter(({ status }) => status === 503)).toHaveLength(12 - served);
  await balancer().reset();
  const free = await balancer().askMany(12, "/turns?ms=600", 12);
  expect(free.every(({ status }) => status === 200)).toBe(true);
  const unlimited = Math.max(
    ...(await Promise.all(balancer().replicas.map(async (replica) => (await replica.seen()).busiest))),
  );
  expect(unlimited).toBe(4);
  return `at most ${busiest.slice(0, 2).join(" and ")} under way, ${served} of 12 served; without a limit ${unlimited} and all 12`;
});

function readCookie({ headers }: Answer): string {
  return headers["set-cookie"]?.[0] ?? "";
}

function attributesOf(cookie: string): string[] {
  return cookie.toLowerCase().split("; ").sort();
}

function withReplica(replica: string) {
  return { path: "/api", headers: { Cookie: `replica=${replica}` } };
}

proof("sticky: a new client gets a cookie that names its replica", async () => {
  const answer = await balancer().ask("/api");
  const cookie = readCookie(answer);
  const own = [
    "httponly",
    "path=/",
    `replica=api-${String(answer.headers["x-answered-by"])}`,
    "samesite=lax",
  ];
  expect(attributesOf(cookie)).toEqual(own);
  const form = attributesOf(readCookie(await balancer().ask("/forms")));
  expect(form).toEqual(expect.arrayContaining(["max-age=3600", "samesite=strict", "path=/", "httponly"]));
  expect(form.find((part) => part.startsWith("form="))).toMatch(/^form=forms-[123]$/);
  const loose = await balancer().ask("/least");
  expect(loose.headers["set-cookie"]).toBeUndefined();
  return cookie;
});

proof("sticky: a client with the cookie stays; without it, it does not", async () => {
  const stays = countInstances(await balancer().askMany(90, withReplica("api-2")));
  expect(stays).toEqual({ "2": 90 });
  const wanders = countInstances(await balancer().askMany(90, "/api"));
  expect(Object.keys(wanders)).toEqual(["1", "2", "3"]);
  return `with replica=api-2: ${inWords(stays)}; without: ${inWords(wanders)}`;
});

proof("sticky: the client follows the replica's number to the container that replaces it", async () => {
  const { container: before } = balancer().replica("2");
  await balancer().replace("2");
  expect(balancer().replica("2").container).not.toBe(before);
  const after = countInstances(await balancer().askMany(90, withReplica("api-2")));
  expect(after).toEqual({ "2": 90 });
  return "90 of 90 at api-2 in its new container";
});

proof("sticky: while the replica is down another one answers, then it has its clients back", async () => {
  await balancer().replica("3").order("refuse");
  const down = await balancer().askMany(60, withReplica("api-3"), 4);
  expect(down.every(({ status }) => status === 200)).toBe(true);
  expect(countInstances(down)["3"]).toBeUndefined();
  await balancer().replica("3").order("listen");
  let asked = 0;
  let back: Answer;
  do {
    back = await balancer().ask(withReplica("api-3"));
    expect(back.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
  } while (back.headers["x-answered-by"] !== "3" && (asked += 1) < 100);
  const again = countInstances(await balancer().askMany(60, withReplica("api-3")));
  expect(again).toEqual({ "3": 60 });
  return `while down: ${inWords(countInstances(down))}; back: ${inWords(again)}`;
});
