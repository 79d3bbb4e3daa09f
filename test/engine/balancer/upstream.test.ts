import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { type BalancingArgs, Method, type PoolArgs, RetryCondition } from "../../../components/types";
import { countInstances, countStatuses } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { inWords } from "../support/counts";

const inTurn = (balancing: BalancingArgs): PoolArgs =>
  workbench({ replicas: 3, balancing: { method: Method.RoundRobin, ...balancing } });
const patient = { failures: { count: 1000 } };
const balancer = useBalancer({
  args: {
    pools: {
      kept: workbench({
        replicas: 1,
        balancing: { keepalive: { connections: 64, requests: 100, idleSeconds: 60 } },
      }),
      impatient: workbench({ replicas: 1, balancing: { keepalive: { idleSeconds: 2 } } }),
      retried: inTurn(patient),
      once: inTurn({ ...patient, retries: { tries: 1 } }),
      writes: inTurn({ ...patient, retries: { repeatWrites: true } }),
      keyed: inTurn({ ...patient, retries: { repeatKeyed: true } }),
      hasty: inTurn({ ...patient, timeouts: { readSeconds: 1, retrySeconds: 2 } }),
      few: inTurn({ ...patient, retries: { on: [RetryCondition.Status500] } }),
      strict: inTurn({ failures: { count: 3, seconds: 3 } }),
    },
    routes: ["kept", "impatient", "retried", "once", "writes", "keyed", "hasty", "few", "strict"].map(
      (pool) => ({ path: `/${pool}`, pool }),
    ),
  },
});

async function connectionsOf(instance: string) {
  return (await balancer().replica(instance).seen()).connections;
}

proof("keepalive: connections to a replica are used again, and closed after 100 requests", async () => {
  await balancer().reset();
  await balancer().askMany(1000, "/kept", 4);
  const connections = await connectionsOf("1");
  const most = Math.max(...connections.map(({ requests }) => requests));
  expect(most).toBe(100);
  // Ten at least; each of the four clients may leave one behind that is not used up.
  expect(connections.length).toBeGreaterThanOrEqual(10);
  expect(connections.length).toBeLessThanOrEqual(20);
  await balancer().reset();
  await balancer().askMany(1000, "/retried", 4);
  const others = (await connectionsOf("1")).length;
  expect(Math.max(...(await connectionsOf("1")).map(({ requests }) => requests))).toBeGreaterThan(50);
  return `1,000 requests over ${connections.length} connections, ${most} on the longest; with 1,000 requests per connection ${others} to each replica`;
});

proof("keepalive: an idle connection is closed by the balancer after idleSeconds", async () => {
  await balancer().reset();
  await balancer().ask("/impatient");
  await balancer().ask("/kept");
  await wait(3500);
  const connections = await connectionsOf("1");
  const closed = connections.filter(({ openMs }) => openMs !== undefined);
  expect(closed).toHaveLength(1);
  expect(closed[0]).toMatchObject({ requests: 1, closedBy: "balancer" });
  expect(closed[0]?.openMs).toBeGreaterThan(1900);
  expect(connections).toHaveLength(2);
  return `idle 2 s: closed after ${((closed[0]?.openMs ?? 0) / 1000).toFixed(1)} s; idle 60 s: still open after 3.5 s`;
});

proof(
  "retries: a GET that fails with 502, 503, 504 or a broken connection is answered by another",
  async () => {
    const notes: string[] = [];
    for (const wish of ["status=502", "status=503", "status=504", "drop"]) {
      const answers = await balancer().askMany(60, `/retried?only=1,2&${wish}`, 4);
      expect(countInstances(answers)).toEqual({ "3": 60 });
      expect(countStatuses(answers)).toEqual({ "200": 60 });
      const without = countStatuses(await balancer().askMany(60, `/once?only=1,2&${wish}`, 4));
      expect(without["200"]).toBe(20);
      notes.push(`${wish}: 60 of 60 served, without retries 20`);
    }
    const other = countStatuses(await balancer().askMany(60, "/retried?only=1,2&status=500", 4));
    expect(other).toEqual({ "200": 20, "500": 40 });
    const chosen = countStatuses(await balancer().askMany(60, "/few?only=1,2&status=500", 4));
    expect(chosen).toEqual({ "200": 60 });
    return `${notes.join("; ")}; 500 passes unless it is asked for (${inWords(other)})`;
  },
);

proof("retries: three tries at most, then the application's own failure", async () => {
  await balancer().reset();
  const answer = await balancer().ask("/retried?status=503");
  expect(answer.status).toBe(503);
  expect(await balancer().countAtReplicas("GET /retried")).toBe(3);
  expect(answer.text).toContain('"instance"');
  return "one request, 3 tries, 503";
});

proof("retries: a replica that hangs is given up in readSeconds, all tries in retrySeconds", async () => {
  await balancer().reset();
  const answers = await balancer().askMany(9, "/hasty?only=1&ms=8000", 9);
  expect(countStatuses(answers)).toEqual({ "200": 9 });
  const seconds = Math.max(...answers.map((answer) => answer.seconds));
  expect(await balancer().countAtReplicas("GET /hasty")).toBeGreaterThan(9);
  await balancer().reset();
  const all = await balancer().ask("/hasty?ms=8000");
  expect(all.status).toBe(504);
  const tries = await balancer().countAtReplicas("GET /hasty");
  expect(tries).toBe(2);
  return `one hangs: 200 within ${seconds.toFixed(1)} s; all hang: 504 after ${tries} tries and ${all.seconds.toFixed(1)} s`;
});

proof("a POST is never repeated once it was sent, unless repeatWrites is on", async () => {
  const post = (path: string) => ({ path, method: "POST", body: "order=1" });
  await balancer().reset();
  const kept = await balancer().askMany(30, post("/retried?only=1,2&status=503"), 1);
  const arrived = await balancer().countAtReplicas("POST /retried");
  const { "200": good = 0, "503": bad = 0 } = countStatuses(kept);
  expect(good + bad).toBe(30);
  // Whose turn it is at first, those before have left behind.
  expect(Math.abs(bad - 20)).toBeLessThanOrEqual(2);
  expect(arrived).toBe(30);
  const repeated = await balancer().askMany(30, post("/writes?only=1,2&status=503"), 1);
  expect(countStatuses(repeated)).toEqual({ "200": 30 });
  const tries = await balancer().countAtReplicas("POST /writes");
  expect(tries).toBeGreaterThan(30);
  await balancer().replica("1").order("refuse");
  const unsent = await balancer().askMany(30, post("/retried"), 1);
  await balancer().replica("1").order("listen");
  expect(countStatuses(unsent)).toEqual({ "200": 30 });
  return `30 POSTs reached replicas ${arrived} times, with repeatWrites ${tries}; 30 of 30 served where one refuses connections`;
});

proof("with repeatKeyed, a POST is repeated that has an Idempotency-Key, and no other", async () => {
  const post = (headers: Record<string, string>) => ({
    ...{ path: "/keyed?only=1,2&status=503", method: "POST", body: "order=1", headers },
  });
  await balancer().reset();
  const keyed = await balancer().askMany(30, post({ "Idempotency-Key": "order-1" }), 1);
  const tries = await balancer().countAtReplicas("POST /keyed");
  expect(countStatuses(keyed)).toEqual({ "200": 30 });
  expect(tries).toBeGreaterThan(30);
  await balancer().reset();
  const plain = countStatuses(await balancer().askMany(30, post({}), 1));
  expect(Math.abs((plain["503"] ?? 0) - 20)).toBeLessThanOrEqual(2);
  expect(await balancer().countAtReplicas("POST /keyed")).toBe(30);
  return `30 POSTs with a key reached replicas ${tries} times and all got 200; without one 30 times, and ${plain["503"] ?? 0} got 503`;
});

proof("failures: three within 3 s take a replica out for 3 s", async () => {
  await balancer().reset();
  await balancer().askMany(300, "/strict?only=1&status=503", 1);
  const { requests } = await balancer().replica("1").seen();
  expect(requests["GET /strict"]).toBe(3);
  // Nginx counts whole seconds, and asks it once before it trusts it again.
  await wait(4500);
  const back = countInstances(await balancer().askMany(30, "/strict", 1));
  expect(back["1"]).toBeGreaterThanOrEqual(8);
  await balancer().reset();
  await balancer().askMany(300, "/retried?only=1&status=503", 1);
  const { requests: lenient } = await balancer().replica("1").seen();
  expect(lenient["GET /retried"]).toBe(100);
  return `of 300 requests the failing replica got 3, with failures off ${lenient["GET /retried"] ?? 0}; after 3 s ${inWords(back)}`;
});
