import net from "node:net";
import { expect } from "vitest";
import type { LoadBalancedServiceArgs } from "../../../components/types";
import { type Echo, tally } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const args: LoadBalancedServiceArgs = {
  pools: { www: workbench(), admin: workbench() },
  routes: [
    { path: "/", pool: "www" },
    { host: "www.example.com", path: "/", pool: "www", cache: { seconds: 60 } },
    { host: "admin.example.com", path: "/", pool: "admin", access: { allow: ["192.0.2.1"] } },
  ],
};
const balancer = useBalancer({ args });

/** Sends a head as it is, and gives what was answered to it. */
async function say(...lines: string[]): Promise<{ head: string; echo?: Echo }> {
  const socket = net.connect(balancer().port, "127.0.0.1");
  tally.sent += 1;
  socket.write([...lines, "Connection: close", "", ""].join("\r\n"));
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  const [head = "", body = ""] = text.split("\r\n\r\n");
  return { head, ...(head.startsWith("HTTP/1.1 200") ? { echo: JSON.parse(body) as Echo } : {}) };
}

async function hostsOf(...lines: string[]): Promise<unknown[]> {
  const { echo } = await say(...lines);
  return [echo?.headers.host, echo?.headers["x-forwarded-host"]];
}

async function proveHosts(): Promise<void> {
  expect(await hostsOf("GET / HTTP/1.1", "Host: localhost:8080")).toEqual([
    "localhost:8080",
    "localhost:8080",
  ]);
  expect(await hostsOf("GET /ipv6 HTTP/1.1", "Host: [::1]:8080")).toEqual(["[::1]:8080", "[::1]:8080"]);
  expect(await hostsOf("GET /ipv6 HTTP/1.1", "Host: [::1]")).toEqual(["[::1]", "[::1]"]);
  expect(await hostsOf("GET /plain HTTP/1.1", "Host: shop.example.com")).toEqual([
    "shop.example.com",
    "shop.example.com",
  ]);
  const other = await say("GET http://www.example.com/other HTTP/1.1", "Host: admin.example.com");
  expect([other.echo?.headers.host, other.echo?.headers["x-forwarded-host"]]).toEqual([
    "www.example.com",
    "www.example.com",
  ]);
  // What is kept was asked for by its own name.
  const kept = await say("GET /other HTTP/1.1", "Host: www.example.com");
  expect(kept.head).toContain("X-Cache: HIT");
  const { head } = await say("GET http://admin.example.com/ HTTP/1.1", "Host: www.example.com");
  expect(head).toMatch(/^HTTP\/1\.1 403 /);
}

proof(
  "the application is told the host that the balancer went by, and the port that was asked for",
  async () => {
    await proveHosts();
    return "a target's host before the header's";
  },
);

proof("the same holds for an Nginx that does not tell the port by itself", async () => {
  await balancer().reload({ ...args, balancer: { version: "1.28" } });
  await proveHosts();
  return "by a map";
});
