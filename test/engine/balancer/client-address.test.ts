import net from "node:net";
import { expect } from "vitest";
import { type Answer, readEcho } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const pools = { api: workbench() };
const nearby = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const balancer = useBalancer({ args: { pools, balancer: { trustedProxies: { addresses: nearby } } } });
const behind = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https" };

function told(answer: Answer): string[] {
  const { headers } = readEcho(answer);
  return [headers["x-real-ip"] ?? "", headers["x-forwarded-proto"] ?? ""];
}

/** Sends bytes on a socket and gives all that comes back. */
function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(balancer().port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.on("close", () => {
      resolve(answer);
    });
    socket.on("error", reject);
    socket.setTimeout(5000, () => socket.destroy(new Error("no answer")));
  });
}

proof("behind a trusted proxy the application is told the client's address and scheme", async () => {
  const trusted = told(await balancer().ask({ headers: behind }));
  expect(trusted).toEqual(["203.0.113.9", "https"]);
  const chain = { ...behind, "X-Forwarded-For": "192.0.2.66, 203.0.113.9, 10.1.1.1" };
  expect(told(await balancer().ask({ headers: chain }))[0]).toBe("203.0.113.9");
  return trusted.join(" ");
});

proof("an untrusted client cannot say who it is", async () => {
  const notes: string[] = [];
  for (const trustedProxies of [undefined, { addresses: ["192.0.2.1"] }]) {
    await balancer().reload({ pools, balancer: trustedProxies === undefined ? {} : { trustedProxies } });
    const [address = "", scheme] = told(await balancer().ask({ headers: behind }));
    expect(address).toMatch(/^(?:10|172|192\.168)\./);
    expect(scheme).toBe("http");
    notes.push(`${address} ${scheme ?? ""}`);
  }
  return notes.join("; ");
});

proof("proxy_protocol: the address stands before the request, and nobody is served without", async () => {
  await balancer().reload({
    pools,
    balancer: { trustedProxies: { addresses: nearby, header: "proxy_protocol" } },
  });
  const request = "GET /who HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";
  const answer = await sendRaw(`PROXY TCP4 203.0.113.5 192.0.2.1 40000 80\r\n${request}`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"x-real-ip":"203.0.113.5"');
  const without = await sendRaw(request);
  expect(without).not.toMatch(/^HTTP\/1\.1 200 /);
  expect(await balancer().countAtReplicas("GET /who")).toBe(1);
  return "203.0.113.5 with it, no answer without";
});
