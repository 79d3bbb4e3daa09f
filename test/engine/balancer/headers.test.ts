import { expect } from "vitest";
import { ServedBy } from "../../../components/types";
import { until } from "../support/engine";
import { countInstances, readEcho } from "./support/client";
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
      { path: "/open/", pool: "api", cors: { origins: ["*"], methods: ["GET"], headers: [], exposed: [] } },
    ],
    balancer: {
      name: "edge-1",
      cors: {
        origins: ["https://www.example.com", "https://*.example.org"],
        ...{ credentials: true, maxAgeSeconds: 600, exposed: ["X-Total", "X-Request-ID"] },
      },
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

function preflight(path: string, origin: string) {
  return balancer().ask({
    ...{ path, method: "OPTIONS" },
    headers: { Origin: origin, "Access-Control-Request-Method": "PUT" },
  });
}

const allowed = ["https://www.example.com", "https://shop.example.org"];
const refused = [
  "https://evil.example.net",
  "http://www.example.com",
  "https://www.example.com.evil.net",
  "https://wwwxexample.com",
  "https://a.b.example.org",
  "https://example.org",
  "null",
];

proof("CORS: a preflight is answered by the balancer for the origins that may ask", async () => {
  for (const origin of allowed) {
    const { status, headers } = await preflight("/orders", origin);
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": "Content-Type, Authorization, X-Request-ID",
      "access-control-max-age": "600",
    });
    expect(headers.vary).toContain("Origin");
  }
  expect(await balancer().countAtReplicas("OPTIONS /orders")).toBe(0);
  return `${allowed.join(", ")}: 204, none at the replica`;
});

proof("CORS: other origins have no permission, neither by a preflight nor by a request", async () => {
  for (const origin of refused) {
    const asked = await preflight("/orders", origin);
    const simple = await balancer().ask({ path: "/orders", headers: { Origin: origin } });
    for (const { headers } of [asked, simple]) expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(simple.status).toBe(200);
  }
  return refused.join(", ");
});

proof("CORS: requests carry the permission once, whatever the application says, failures too", async () => {
  const own = `header=${encodeURIComponent("Access-Control-Allow-Origin: *")}`;
  for (const path of [`/orders?${own}`, "/orders?status=500", "/orders?status=404"]) {
    const { headers } = await balancer().ask({ path, headers: { Origin: allowed[0] } });
    expect(headers["access-control-allow-origin"]).toBe(allowed[0]);
    expect(headers["access-control-expose-headers"]).toBe("X-Total, X-Request-ID");
    expect(headers["access-control-allow-credentials"]).toBe("true");
    expect(headers.vary).toContain("Origin");
  }
  await balancer().replica("1").order("refuse");
  const failed = await balancer().ask({ path: "/orders", headers: { Origin: allowed[0] } });
  await balancer().replica("1").order("listen");
  expect(failed.status).toBe(503);
  expect(failed.headers["access-control-allow-origin"]).toBe(allowed[0]);
  return "200, 500, 404, and the balancer's own 503";
});

proof("CORS: a route for everybody, without cookies", async () => {
  const { status, headers } = await preflight("/open/list", "https://anybody.example");
  expect(status).toBe(204);
  expect(headers["access-control-allow-origin"]).toBe("*");
  expect(headers["access-control-allow-methods"]).toBe("GET");
  expect(headers["access-control-allow-credentials"]).toBeUndefined();
  return "*, GET";
});

proof(
  "CORS: an OPTIONS request that is no preflight, and requests without Origin, reach the application",
  async () => {
    const answers = [
      await balancer().ask({ path: "/orders", method: "OPTIONS" }),
      await balancer().ask({ path: "/orders", method: "OPTIONS", headers: { Origin: allowed[0] } }),
      await balancer().ask("/orders"),
    ];
    expect(countInstances(answers)).toEqual({ "1": 3 });
    return "3 of 3 at the replica";
  },
);

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
