import { expect } from "vitest";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const pools = { api: workbench() };
const balancer = useBalancer({
  args: {
    pools,
    routes: [
      { path: "/", pool: "api" },
      {
        path: "/own/",
        pool: "api",
        directives: ["add_header X-Location yes always", "proxy_set_header X-Told $told;"],
      },
    ],
    balancer: {
      httpDirectives: ['map $request_method $told { default "reads"; POST "writes"; }'],
      serverDirectives: ["add_header X-Server yes always", "location = /robots.txt { return 200 'nobody'; }"],
    },
  },
});

proof("directives of the user's own work in http, server and location", async () => {
  const plain = await balancer().ask("/plain");
  expect([plain.headers["x-server"], plain.headers["x-location"]]).toEqual(["yes", undefined]);
  const own = await balancer().ask({ path: "/own/a", method: "POST" });
  expect(own.text).toContain('"x-told":"writes"');
  expect(own.headers["x-location"]).toBe("yes");
  expect((await balancer().ask("/robots.txt")).text).toBe("nobody");
  await balancer().replica("1").order("refuse");
  const failed = await balancer().ask("/plain");
  await balancer().replica("1").order("listen");
  expect([failed.status, failed.headers["x-server"]]).toEqual([503, "yes"]);
  return "a map, a location, headers";
});

proof(
  "a directive with a mistake is refused with Nginx's words, and the last configuration goes on",
  async () => {
    const mistaken = { pools, routes: [{ pool: "api", directives: ["proxy_bufers 4 8k"] }] };
    const refusal = balancer().reload(mistaken);
    await expect(refusal).rejects.toThrow(
      /did not take the new configuration; the last good one stays\.[^]*unknown directive "proxy_bufers"/,
    );
    expect((await balancer().ask("/plain")).headers["x-server"]).toBe("yes");
    return 'unknown directive "proxy_bufers"; still 200 with the last one';
  },
);
