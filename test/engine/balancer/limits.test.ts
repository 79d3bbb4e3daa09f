import { expect } from "vitest";
import { type Answer, countStatuses } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { count, inWords } from "../support/counts";

const pools = { api: workbench() };
const trustedProxies = { addresses: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] };
const balancer = useBalancer({
  args: {
    pools,
    routes: [
      { path: "/", pool: "api" },
      { path: "/api/", pool: "api", rate: { perSecond: 30, burst: 50 } },
      { path: "/login", pool: "api", rate: { perSecond: 0.5, burst: 0 } },
    ],
    balancer: { trustedProxies, rate: { perSecond: 10, burst: 20 } },
  },
});

function from(address: string, path: string) {
  return { path, headers: { "X-Forwarded-For": address } };
}

/** One at once, the burst at once, and what the time allows. */
function expectLimit(answers: Answer[], { perSecond, burst }: { perSecond: number; burst: number }): void {
  const seconds = Math.max(...answers.map((answer) => answer.seconds));
  const { "200": served = 0, "429": refused = 0 } = countStatuses(answers);
  expect(served).toBeGreaterThanOrEqual(1 + burst);
  expect(served).toBeLessThanOrEqual(2 + burst + Math.ceil(perSecond * seconds));
  expect(served + refused).toBe(answers.length);
  for (const { status, headers, text } of answers)
    if (status === 429) {
      expect(headers["retry-after"]).toBe("1");
      expect(JSON.parse(text)).toEqual({ error: "too many requests" });
    } else expect(headers["retry-after"]).toBeUndefined();
}

proof(
  "rates: 10 per second and 20 above for all, 30 and 50 for a route, each address by itself",
  async () => {
    const general = await balancer().askMany(100, from("203.0.113.1", "/"), 100);
    expectLimit(general, { perSecond: 10, burst: 20 });
    const route = await balancer().askMany(150, from("203.0.113.1", "/api/orders"), 150);
    expectLimit(route, { perSecond: 30, burst: 50 });
    const login = await balancer().askMany(10, from("203.0.113.1", "/login"), 10);
    expectLimit(login, { perSecond: 0.5, burst: 0 });
    const other = await balancer().askMany(20, from("203.0.113.2", "/"), 20);
    expect(countStatuses(other)).toEqual({ "200": 20 });
    const notes = { general, route, login, other };
    return Object.entries(notes)
      .map(([name, answers]) => `${name} of ${answers.length} at once ${inWords(countStatuses(answers))}`)
      .join("; ");
  },
);

proof("rates: 30 in 3 seconds are within 10 per second", async () => {
  const answers: Answer[] = [];
  for (let i = 0; i < 30; i++) {
    answers.push(await balancer().ask(from("203.0.113.3", "/")));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(countStatuses(answers)).toEqual({ "200": 30 });
  return inWords(countStatuses(answers));
});

proof("connections: 20 of one address at a time, 2 on a route; others are not counted with it", async () => {
  const routes = [
    { path: "/", pool: "api" },
    { path: "/export", pool: "api", connectionsPerAddress: 2 },
  ];
  const limits = { trustedProxies, connectionsPerAddress: 20 };
  await balancer().reload({ pools, routes, balancer: limits });
  const [one, other] = await Promise.all([
    balancer().askMany(30, from("203.0.113.1", "/?ms=1500"), 30),
    balancer().askMany(20, from("203.0.113.2", "/?ms=1500"), 20),
  ]);
  expect(countStatuses(one)).toEqual({ "200": 20, "429": 10 });
  expect(countStatuses(other)).toEqual({ "200": 20 });
  const route = await balancer().askMany(6, from("203.0.113.1", "/export?ms=1000"), 6);
  expect(countStatuses(route)).toEqual({ "200": 2, "429": 4 });
  const refused = one.find(({ status }) => status === 429);
  expect(refused?.headers["retry-after"]).toBe("1");
  return `30 of one: ${inWords(countStatuses(one))}; 20 of another: ${inWords(countStatuses(other))}; 6 on the route: ${inWords(countStatuses(route))}`;
});

proof("access: addresses that may not ask have 403", async () => {
  const routes = [
    { path: "/", pool: "api" },
    { path: "/admin", pool: "api", access: { allow: ["203.0.113.0/24", "2001:db8::/32"] } },
  ];
  await balancer().reload({
    ...{ pools, routes },
    balancer: { trustedProxies, access: { deny: ["198.51.100.0/24"] } },
  });
  const asked = [
    ["203.0.113.1", "/"],
    ["198.51.100.7", "/"],
    ["203.0.113.1", "/admin"],
    ["2001:db8::7", "/admin"],
    ["192.0.2.1", "/admin"],
  ] as const;
  const seen: string[] = [];
  for (const [address, path] of asked) {
    const { status } = await balancer().ask(from(address, path));
    seen.push(`${address} ${path} ${status}`);
  }
  expect(seen).toEqual([
    "203.0.113.1 / 200",
    "198.51.100.7 / 403",
    "203.0.113.1 /admin 200",
    "2001:db8::7 /admin 200",
    "192.0.2.1 /admin 403",
  ]);
  await balancer().reload({ pools, routes: [{ path: "/", pool: "api" }], balancer: { trustedProxies } });
  const free = await balancer().askMany(100, from("198.51.100.7", "/"), 100);
  expect(count(free, ({ status }) => String(status))).toEqual({ "200": 100 });
  return `${seen.join("; ")}; without limits 100 of 100 at once`;
});

const allowed = { "X-Forwarded-For": "203.0.113.9" };

proof("maintenance of one route: 503 with its own Retry-After there, served elsewhere", async () => {
  const routes = [
    { path: "/", pool: "api" },
    { path: "/admin", pool: "api", maintenance: { retryAfterSeconds: 600 } },
  ];
  await balancer().reload({ pools, routes, balancer: { trustedProxies } });
  const answers = await balancer().askMany(40, (index) => (index % 2 === 0 ? "/admin/users" : "/shop"));
  const counts = count(answers, ({ status, headers }) => `${status} ${headers["retry-after"] ?? "-"}`);
  expect(counts).toEqual({ "503 600": 20, "200 -": 20 });
  expect(await balancer().countAtReplicas("GET /admin/users")).toBe(0);
  return inWords(counts);
});

proof(
  "maintenance of everything: 503 for all but the allowed addresses, and health still answers",
  async () => {
    const routes = [{ path: "/", pool: "api" }];
    await balancer().reload({
      pools,
      routes,
      balancer: { trustedProxies, maintenance: { allow: ["203.0.113.0/24"] } },
    });
    const answers = await balancer().askMany(40, (index) => ({
      path: "/shop",
      headers: index % 2 === 0 ? allowed : {},
    }));
    const counts = count(answers, ({ status, headers }) => `${status} ${headers["retry-after"] ?? "-"}`);
    expect(counts).toEqual({ "503 60": 20, "200 -": 20 });
    const page = await balancer().ask({ path: "/shop", headers: { Accept: "text/html" } });
    expect([page.status, page.headers["content-type"]]).toEqual([503, "text/html"]);
    expect((await balancer().ask("/healthz")).status).toBe(200);
    await balancer().reload({ pools, routes, balancer: { maintenance: { enabled: false } } });
    expect((await balancer().ask("/shop")).status).toBe(200);
    return `${inWords(counts)}; switched off again: 200`;
  },
);
