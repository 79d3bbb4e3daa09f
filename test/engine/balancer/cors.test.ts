import { expect } from "vitest";
import { countInstances } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const balancer = useBalancer({
  args: {
    pools: { api: workbench() },
    routes: [
      { path: "/", pool: "api" },
      { path: "/open/", pool: "api", cors: { origins: ["*"], methods: ["GET"], headers: [], exposed: [] } },
    ],
    balancer: {
      cors: {
        origins: ["https://www.example.com", "https://*.example.org"],
        ...{ credentials: true, maxAgeSeconds: 600, exposed: ["X-Total", "X-Request-ID"] },
      },
    },
  },
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
