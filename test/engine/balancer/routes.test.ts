import { expect } from "vitest";
import { Match } from "../../../components/types";
import { type Question, readEcho } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const pools = {
  main: workbench({ replicas: 1 }),
  // Told apart by what the application is asked for.
  shop: workbench({ replicas: 1 }),
};
const balancer = useBalancer({
  args: {
    pools,
    routes: [
      { path: "/", pool: "main", headers: { "X-Route": "main" } },
      { path: "/api", pool: "shop", headers: { "X-Route": "api" } },
      { path: "/api/v2/", pool: "shop", headers: { "X-Route": "api-v2" } },
      { path: "/api/v2/status", match: Match.Exact, pool: "shop", headers: { "X-Route": "status" } },
      {
        path: String.raw`^/api/v\d+/reports/(\d+)$`,
        match: Match.Regex,
        pool: "shop",
        headers: { "X-Route": "reports" },
      },
      { host: "shop.example.com", path: "/", pool: "shop", headers: { "X-Route": "shop" } },
      { host: "cart.example.com", path: "/cart", pool: "shop", headers: { "X-Route": "cart" } },
      { path: "/old", redirect: { to: "/new", status: 301 } },
      { path: "/docs/", redirect: { to: "https://docs.example.com$request_uri" } },
      { path: "/move", match: Match.Exact, redirect: { to: "/moved", status: 308 } },
      { path: "^/blog/([^/]*)$", match: Match.Regex, redirect: { to: "https://blog.example.com/$1" } },
      { path: "/strip/", pool: "shop", rewrite: { pattern: "^/strip/(.*)$", to: "/$1" } },
    ],
  },
});

function at(host: string, path: string): Question {
  return { path, headers: { Host: host } };
}

proof("routes: by host, longest path, whole path and regular expression", async () => {
  const asked: [Question | string, string][] = [
    ["/", "main"],
    ["/apis", "api"],
    ["/api/v1/x", "api"],
    ["/api/v2/x", "api-v2"],
    ["/api/v2/status", "status"],
    ["/api/v2/status/more", "api-v2"],
    ["/api/v3/reports/12", "reports"],
    ["/api/v3/reports/twelve", "api"],
    [at("shop.example.com", "/api/v2/x"), "shop"],
    [at("SHOP.example.com:8080", "/"), "shop"],
    [at("cart.example.com", "/cart/1"), "cart"],
    [at("unknown.example.com", "/api/v2/x"), "api-v2"],
  ];
  for (const [question, route] of asked) {
    const { status, headers } = await balancer().ask(question);
    expect([question, status, headers["x-route"]]).toEqual([question, 200, route]);
  }
  expect((await balancer().ask(at("cart.example.com", "/other"))).status).toBe(404);
  return `${asked.length} of ${asked.length} at their route; a path that no route names: 404`;
});

proof("routes: redirects keep the port that clients see", async () => {
  const seen: string[] = [];
  for (const path of ["/old/page", "/docs/a?b=1", "/move"]) {
    const { status, headers } = await balancer().ask(path);
    seen.push(`${status} ${String(headers.location)}`);
  }
  expect(seen).toEqual(["301 /new", "302 https://docs.example.com/docs/a?b=1", "308 /moved"]);
  return seen.join("; ");
});

proof("routes: a line break in a path adds no header to a redirect", async () => {
  const { status, headers } = await balancer().ask("/blog/post-7");
  expect([status, headers.location]).toEqual([302, "https://blog.example.com/post-7"]);
  for (const breaks of ["%0d%0a", "%0a", "%0D"]) {
    const split = await balancer().ask({ path: `/blog/x${breaks}Set-Cookie:%20a=b`, fresh: true });
    expect([split.status, split.headers["set-cookie"]]).toEqual([400, undefined]);
  }
  return `${String(headers.location)}; with a line break 400`;
});

proof("routes: a rewritten path is what the application gets, with its query", async () => {
  const rewritten = readEcho(await balancer().ask("/strip/orders/7?open=1")).url;
  const plain = readEcho(await balancer().ask("/api/orders/7?open=1")).url;
  expect([rewritten, plain]).toEqual(["/orders/7?open=1", "/api/orders/7?open=1"]);
  return `${rewritten}; elsewhere ${plain}`;
});
