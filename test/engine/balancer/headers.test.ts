import { expect } from "vitest";
import { ServedBy } from "../../../components/types";
import { until } from "../support/engine";
import { readEcho } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const pools = { api: workbench() };
const security = {
  "content-security-policy": "default-src 'self'",
  "permissions-policy": "camera=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const balancer = useBalancer({
  args: {
    pools,
    routes: [
      { path: "/", pool: "api" },
      { path: "/robots/", pool: "api", headers: { "X-Robots-Tag": "noindex" } },
    ],
    balancer: {
      name: "edge-1",
      headers: {
        contentSecurityPolicy: "default-src 'self'",
        permissionsPolicy: "camera=()",
        referrerPolicy: "no-referrer",
        frameOptions: "DENY",
        servedBy: ServedBy.Balancer,
        upstreamServer: true,
      },
    },
  },
});

function own(name: string, value: string): string {
  return `header=${encodeURIComponent(`${name}: ${value}`)}`;
}

proof(
  "security headers are on every answer, also on failures and on a route with headers of its own",
  async () => {
    for (const path of ["/", "/?status=500", "/?status=404", "/robots/a"]) {
      const { headers } = await balancer().ask(path);
      expect(headers).toMatchObject(security);
      expect(headers["x-robots-tag"]).toBe(path === "/robots/a" ? "noindex" : undefined);
    }
    return Object.keys(security).join(", ");
  },
);

proof("a security header of the application's own wins", async () => {
  const path = `/?${own("X-Frame-Options", "ALLOWALL")}&${own("Content-Security-Policy", "default-src *")}`;
  const { headers } = await balancer().ask(path);
  expect(headers).toMatchObject({
    ...security,
    "x-frame-options": "ALLOWALL",
    "content-security-policy": "default-src *",
  });
  return "ALLOWALL and default-src *, once each";
});

proof("X-Request-ID is kept or made, and the application has the same", async () => {
  const kept = await balancer().ask({ headers: { "X-Request-ID": "order-7_a.b:c" } });
  expect(kept.headers["x-request-id"]).toBe("order-7_a.b:c");
  expect(readEcho(kept).headers["x-request-id"]).toBe("order-7_a.b:c");
  const made = await balancer().askMany(20);
  for (const answer of made) {
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(readEcho(answer).headers["x-request-id"]).toBe(answer.headers["x-request-id"]);
  }
  expect(new Set(made.map(({ headers }) => headers["x-request-id"])).size).toBe(20);
  for (const bad of ['a","x":"', "a b", "x".repeat(129)]) {
    const answer = await balancer().ask({ headers: { "X-Request-ID": bad } });
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
  }
  const appsOwn = await balancer().ask(`/?${own("X-Request-ID", "mine")}`);
  expect(appsOwn.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
  return "kept 1, made 20 different ones, 3 bad ones replaced";
});

proof("X-Served-By, X-Upstream-Server and X-Instance-ID say who answered", async () => {
  const { headers } = await balancer().ask(`/?${own("X-Served-By", "me")}&${own("X-Instance-ID", "i-9")}`);
  expect(headers["x-served-by"]).toBe("edge-1");
  expect(headers["x-instance-id"]).toBe("i-9");
  expect(headers["x-upstream-server"]).toMatch(/^[\d.]+:3001$/);
  return `${String(headers["x-served-by"])}, ${String(headers["x-upstream-server"])}, ${String(headers["x-instance-id"])}`;
});

proof("the application is told what was asked for, and by whom", async () => {
  const answer = await balancer().ask({ path: "/a%20b/?x=1", headers: { Host: "shop.example.com:8080" } });
  const { headers, url } = readEcho(answer);
  expect(url).toBe("/a%20b/?x=1");
  expect(headers).toMatchObject({
    host: "shop.example.com:8080",
    "x-forwarded-host": "shop.example.com:8080",
    "x-forwarded-proto": "http",
  });
  expect(headers["x-forwarded-for"]).toBe(headers["x-real-ip"]);
  expect(headers.connection).toBeUndefined();
  expect(answer.headers.server).toBe("nginx");
  return "path, host, scheme and address; no version of Nginx";
});

proof("an application is never asked for another protocol than a WebSocket's", async () => {
  const wishOf = async (protocol: string) => {
    const headers = {
      Upgrade: protocol,
      Connection: "Upgrade, HTTP2-Settings",
      "HTTP2-Settings": "AAMAAABk",
    };
    const { upgrade, connection } = readEcho(await balancer().ask({ headers, fresh: true })).headers;
    return [upgrade, connection];
  };
  for (const protocol of ["h2c", "websocket, h2c", "h2c, websocket", "TLS/1.0", "websockets"])
    expect(await wishOf(protocol)).toEqual([undefined, undefined]);
  expect(await wishOf("WebSocket")).toEqual(["WebSocket", "upgrade"]);
  return "WebSocket passes, five others do not";
});

proof(
  "X-Served-By and X-Instance-ID name the replica, where nothing else is wanted and the application is silent",
  async () => {
    await balancer().reload({ pools });
    let headers: Record<string, unknown> = {};
    await until("Nginx knows the replica's name", async () => {
      headers = (await balancer().ask("/")).headers;
      return headers["x-served-by"] !== undefined;
    });
    expect([headers["x-served-by"], headers["x-instance-id"]]).toEqual(["api-1", "api-1"]);
    return "api-1";
  },
);

proof("headers switched off are not there, and the application's own pass", async () => {
  await balancer().reload({
    pools,
    balancer: {
      headers: {
        ...{ frameOptions: "", referrerPolicy: "", noSniff: false },
        ...{ servedBy: ServedBy.Nobody, instance: false, requestId: false },
      },
    },
  });
  const { headers } = await balancer().ask("/");
  const names = [
    ...Object.keys(security),
    "x-request-id",
    "x-served-by",
    "x-instance-id",
    "x-upstream-server",
  ];
  for (const name of names) expect(headers[name]).toBeUndefined();
  const passed = await balancer().ask(`/?${own("X-Served-By", "me")}&${own("X-Request-ID", "mine")}`);
  expect(passed.headers).toMatchObject({ "x-served-by": "me", "x-request-id": "mine" });
  return `none of ${names.length}`;
});
