import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { Match, type LoadBalancedServiceArgs } from "../../../components/types";
import { readEcho, tally } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const args: LoadBalancedServiceArgs = {
  pools: { api: workbench() },
  routes: [
    { path: "/", pool: "api" },
    { path: "/admin/", pool: "api", access: { allow: ["192.0.2.1"] } },
    { path: "/login", match: Match.Exact, pool: "api", rate: { perSecond: 0.02, burst: 0 } },
  ],
};
const balancer = useBalancer({ args });

interface Said {
  text: string;
  seconds: number;
}

/** Sends bytes as they are, and gives all that comes back until nothing more does. */
async function say(bytes: string, patience = 3000): Promise<Said> {
  const socket = net.connect(balancer().port, "127.0.0.1");
  tally.sent += 1;
  const started = performance.now();
  let text = "";
  await new Promise<void>((resolve) => {
    socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
    socket.on("close", () => {
      resolve();
    });
    socket.on("error", () => undefined);
    socket.setTimeout(patience, () => socket.destroy());
    socket.write(Buffer.from(bytes, "latin1"));
  });
  return { text, seconds: (performance.now() - started) / 1000 };
}

function statusesOf({ text }: Said): string[] {
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status = ""]) => status);
}

const hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const head = (...lines: string[]): string =>
  ["POST /first HTTP/1.1", "Host: a", ...lines, "", ""].join("\r\n");
const chunked = "Transfer-Encoding: chunked";

/** What could hide a request from the balancer or from the application, and what it gets. */
const smuggled: [what: string, bytes: string, statuses: string[]][] = [
  [
    "a length and chunks",
    `${head(`Content-Length: ${hidden.length + 5}`, chunked)}0\r\n\r\n${hidden}`,
    ["400"],
  ],
  ["chunks and a length", `${head(chunked, "Content-Length: 5")}0\r\n\r\n${hidden}`, ["400"]],
  ["two lengths", `${head("Content-Length: 0", `Content-Length: ${hidden.length}`)}${hidden}`, ["400"]],
  ["the same length twice", head("Content-Length: 0", "Content-Length: 0"), ["400"]],
  ["a list of lengths", head("Content-Length: 0, 0"), ["400"]],
  ["a length with a sign", head("Content-Length: +0"), ["400"]],
  ["a length below nothing", head("Content-Length: -1"), ["400"]],
  ["a length in hexadecimal", `${head("Content-Length: 0x5")}hello`, ["400"]],
  ["chunks twice", `${head(chunked, chunked)}0\r\n\r\n${hidden}`, ["400"]],
  ["chunks and their opposite", `${head(chunked, "Transfer-Encoding: identity")}0\r\n\r\n${hidden}`, ["400"]],
  ["an unknown coding", `${head("Transfer-Encoding: xchunked")}0\r\n\r\n${hidden}`, ["501"]],
  ["a coding with a tab", `${head("Transfer-Encoding:\tchunked\v")}0\r\n\r\n${hidden}`, ["501"]],
  ["a coding behind a folded line", `${head("X-A: b", ` ${chunked}`)}0\r\n\r\n${hidden}`, ["400"]],
  ["a folded header", head("X-A: b", "\tc"), ["400"]],
  ["a header with a null", head("X-A: b\0c"), ["400"]],
  ["a header with a carriage return alone", head("X-A: b\rTransfer-Encoding: chunked"), ["400"]],
  ["a size of a chunk that is none", `${head(chunked)}0x5\r\nhello\r\n0\r\n\r\n`, ["400"]],
  ["a chunk that is longer than it says", `${head(chunked)}2\r\nhello\r\n0\r\n\r\n`, ["400"]],
  ["a space in the path", "GET /first /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", ["400"]],
  ["no host", "GET /first HTTP/1.1\r\n\r\n", ["400"]],
  ["two hosts", "GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", ["400"]],
  ["a host that is a path", "GET /first HTTP/1.1\r\nHost: a/b\r\n\r\n", ["400"]],
];

proof("requests that hide others are refused, and nothing of them reaches an application", async () => {
  await balancer().reset();
  for (const [what, bytes, statuses] of smuggled)
    expect([what, statusesOf(await say(bytes))]).toEqual([what, statuses]);
  const reached = await Promise.all(
    ["GET /smuggled", "POST /smuggled"].map((key) => balancer().countAtReplicas(key)),
  );
  expect(reached).toEqual([0, 0]);
  return `${smuggled.length} of ${smuggled.length} refused, 0 hidden requests at the replicas`;
});

/** Spellings of `/admin/` that an application may take for it. */
const spellings = [
  ...[
    "/admin/",
    "/admin/x",
    "/Admin/",
    "/ADMIN/x",
    "/aDMIN",
    "//admin/",
    "/./admin/",
    "/x/../admin/",
    "/x/..//admin/x",
  ],
  ...["/%61dmin/", "/%41dmin/", "/admin%2fx", "/%2fadmin/x", "/x/%2e%2e/admin/", "/x%2f..%2fadmin/"],
  ...["/admin;x/", "/admin;x=1/y", "/admin;/", "/Admin;x", "/admin;x", "/admin%3bx/"],
  ...[
    "/..;/admin/",
    "/x/..;/admin/",
    "/x/..;y=1/admin/",
    "/x/%2e%2e;/admin/",
    "/x/..%3b/admin/",
    "/.;/admin/",
  ],
];

proof("access by address holds for every spelling of a path", async () => {
  await balancer().reset();
  const seen: Record<string, string[]> = {};
  for (const path of spellings) {
    for (const target of [path, `http://a${path}`]) {
      const [status = "none"] = statusesOf(
        await say(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
      );
      (seen[status] ??= []).push(target);
    }
  }
  expect(Object.keys(seen).sort()).toEqual(["400", "403"]);
  const at = await Promise.all(balancer().replicas.map((replica) => replica.seen()));
  expect(at.flatMap(({ requests }) => Object.keys(requests)).filter((key) => /admin/i.test(key))).toEqual([]);
  const free = await balancer().ask("/administrator");
  expect(free.status).toBe(200);
  return `403 for ${seen["403"]?.length ?? 0}, 400 for ${seen["400"]?.length ?? 0} of ${2 * spellings.length}`;
});

proof("a rate holds for every spelling of a path", async () => {
  const statuses: number[] = [];
  for (const path of ["/login", "/LOGIN", "/login/", "/Login;x", "/%6cogin", "//login", "/x/../login"])
    statuses.push((await balancer().ask({ path, fresh: true })).status);
  expect(statuses).toEqual([200, 429, 429, 429, 429, 429, 429]);
  return statuses.join(" ");
});

const lies = {
  "X-Forwarded-For": "192.0.2.1",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "evil.example.com",
  "X-Real-IP": "192.0.2.1",
  Forwarded: "for=192.0.2.1",
  "X-Forwarded-Port": "443",
  "X-Forwarded-Prefix": "/evil",
  "X-Forwarded-Ssl": "on",
  "X-Original-URL": "/admin/",
  "X-Rewrite-URL": "/admin/",
  "X-Client-Verified": "SUCCESS",
  "X-Client-Subject": "CN=admin",
  Proxy: "http://192.0.2.1",
};

proof("what a client says of its way is not passed on, unless it is a trusted proxy", async () => {
  const { headers } = readEcho(await balancer().ask({ headers: lies }));
  const told = Object.keys(lies).filter((name) => {
    const value = headers[name.toLowerCase()];
    return value !== undefined && value === lies[name as keyof typeof lies];
  });
  expect(told).toEqual([]);
  expect(headers["x-forwarded-for"]).toBe(headers["x-real-ip"]);
  await balancer().reload({ ...args, balancer: { trustedProxies: { addresses: ["0.0.0.0/0"] } } });
  const trusted = readEcho(await balancer().ask({ headers: lies })).headers;
  expect([trusted["x-real-ip"], trusted["x-forwarded-port"], trusted.forwarded]).toEqual([
    "192.0.2.1",
    "443",
    "for=192.0.2.1",
  ]);
  expect(
    ["x-original-url", "x-client-verified", "proxy"].filter((name) => trusted[name] !== undefined),
  ).toEqual([]);
  return `${Object.keys(lies).length} headers`;
});

proof("hosts that no route names have 421, and the balancer's own health still answers", async () => {
  await balancer().reload({ ...args, routes: [{ host: "shop.example.com", pool: "api" }] });
  const statuses: number[] = [];
  for (const host of ["shop.example.com", "SHOP.example.com.", "other.example.com", "127.0.0.1"])
    statuses.push((await balancer().ask({ path: "/page", headers: { Host: host }, fresh: true })).status);
  expect(statuses).toEqual([200, 200, 421, 421]);
  expect((await balancer().ask("/healthz")).status).toBe(200);
  return statuses.join(" ");
});

proof(
  "slow clients are let go, and do not keep others waiting",
  async () => {
    await balancer().reload(args);
    const slow = [
      ...Array.from({ length: 50 }, () => say("GET / HTTP/1.1\r\nHost: a\r\nX-", 90_000)),
      say(`${head("Content-Length: 5")}he`, 90_000),
    ];
    await wait(1000);
    const answers = await balancer().askMany(50, "/");
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const ended = await Promise.all(slow);
    const longest = Math.max(...ended.map(({ seconds }) => seconds));
    expect(longest).toBeLessThan(80);
    return `51 let go within ${longest.toFixed(0)} s; others 50 of 50`;
  },
  120,
);
