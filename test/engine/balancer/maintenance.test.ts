import { expect } from "vitest";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { count, inWords } from "../support/counts";

const pools = { api: workbench() };
const trustedProxies = { addresses: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] };
const allow = ["203.0.113.0/24"];
const balancer = useBalancer({
  args: {
    pools,
    routes: [
      { path: "/", pool: "api" },
      { path: "/admin", pool: "api", maintenance: { retryAfterSeconds: 600 } },
    ],
    balancer: { trustedProxies },
  },
});
const allowed = { "X-Forwarded-For": "203.0.113.9" };

proof("maintenance of one route: 503 with its own Retry-After there, served elsewhere", async () => {
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
    await balancer().reload({ pools, routes, balancer: { trustedProxies, maintenance: { allow } } });
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
