// The shop, on one deployment: shared state, events, and every instance measured.
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { count } from "../support/counts";
import { docker, dockerLines, findReplica, findRunning, until } from "../support/engine";
import { row } from "../support/rows";
import { openStream, type Stream } from "../balancer/support/streams";
import { lines } from "./lines/shop";
import { deployWith, type ExampleSettings } from "./support/example";
import { useLines } from "./support/lines";
import * as shops from "./support/shop";

const shop = shops.useShop();
const prove = useLines("shop", lines);
const two = ["app-1", "app-2"];

const balancer = async () =>
  (await findRunning(shop().label, "flotilla.role=balancer")).find((name) => name.startsWith("shop")) ?? "";
const url = (path: string) => `${shop().url}${path}`;
const change = (settings: ExampleSettings) => deployWith(shop(), settings);
const inspect = (container: string, format: string) => docker("inspect", `--format=${format}`, container);
const sequence = (times = 40) => shops.askInstances(url("/products"), times);

prove("entrance", "published ports of all containers of the stack", async () => {
  const names = await dockerLines(
    "ps",
    "--format={{.Names}}",
    `--filter=label=flotilla.stack=${shop().label}`,
  );
  const ports = await Promise.all(names.map(async (name) => [name, await docker("port", name)] as const));
  const open = ports.filter(([, published]) => published.includes("0.0.0.0"));
  expect(open.map(([name]) => name)).toEqual([await balancer()]);
  expect(open[0]?.[1]).toContain(`80/tcp -> 0.0.0.0:${shop().port}`);
  for (const title of two) {
    const replica = await findReplica(shop().label, title);
    const own = "fetch('http://127.0.0.1:8000/health').then(({ status }) => console.log(status))";
    expect(await docker("exec", replica, "node", "-e", own)).toBe("200");
    expect(await docker("port", replica)).toBe("");
  }
  return `1 of ${names.length} containers is published to others: ${shop().port} -> 80; replicas answer on 8000 inside`;
});

prove("instances", "environment of both containers", async () => {
  const found = await Promise.all(
    two.map(async (title) => inspect(await findReplica(shop().label, title), "{{json .Config.Env}}")),
  );
  found.forEach((env, index) => {
    expect(env).toContain(`INSTANCE_ID=${two[index] ?? ""}`);
  });
  return two.map((title) => `INSTANCE_ID=${title}`).join(", ");
});

prove("pages", "asked, and bought", async () => {
  const page = await (await fetch(url("/shop"))).text();
  expect(page).toContain("<h1>The shop</h1>");
  const { products } = (await (await fetch(url("/products"))).json()) as { products: { id: string }[] };
  const readStock = async () =>
    ((await (await fetch(url("/stock"))).json()) as { stock: Record<string, number> }).stock;
  const before = await readStock();
  expect(Object.keys(before).sort()).toEqual(products.map(({ id }) => id).sort());
  await shops.buy(shop().url);
  const after = await readStock();
  expect(after.anchor).toBe((before.anchor ?? 0) - 1);
  return `${products.length} products, stock of anchors ${before.anchor ?? "?"} -> ${after.anchor ?? "?"} by one purchase`;
});

prove(
  "shared",
  "a purchase at one replica, its receipt and stock at the other, its count at the worker",
  async () => {
    const bought = [await shops.buy(shop().url), await shops.buy(shop().url)];
    const mounts = await Promise.all(
      two.map(async (title) =>
        inspect(await findReplica(shop().label, title), "{{range .Mounts}}{{.Name}} {{end}}"),
      ),
    );
    const { data } = await shops.readOutputs(shop());
    for (const mount of mounts) expect(mount).toContain(data.data);
    let read = 0;
    for (const { id, instance } of bought) {
      const readers = new Set<string>();
      await until("both have read it", async () => {
        const answer = await fetch(url(`/receipts/${id}`));
        const { receipt, served_by } = (await answer.json()) as {
          receipt?: { instance: string };
          served_by: { instance: string };
        };
        expect(receipt?.instance).toBe(instance);
        readers.add(served_by.instance);
        return readers.size === 2;
      });
      read += readers.size;
    }
    const books = await shops.settleBooks(await findReplica(shop().label, "app-1"));
    expect(books).toMatchObject({ lost: 0, sold: books.confirmed });
    return `volume ${data.data}; ${bought.length} receipts read by ${read} replicas; confirmed ${books.confirmed}, counted through Kafka ${books.sold}`;
  },
);

prove("headers", "of ten answers", async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const { headers } = await fetch(url("/products"));
    expect(headers.get("x-served-by")).toBe(headers.get("x-instance-id"));
    seen.add(
      `X-Served-By: ${headers.get("x-served-by") ?? ""}, X-Instance-ID: ${headers.get("x-instance-id") ?? ""}`,
    );
  }
  expect(seen.size).toBe(2);
  return [...seen].sort().join("; ");
});

prove("logLines", "logs of both containers", async () => {
  await sequence(4);
  const [first = "", second = ""] = await Promise.all(
    two.map(async (title) => docker("logs", await findReplica(shop().label, title))),
  );
  expect(first).toContain("[Instance 1] GET /products");
  expect(second).toContain("[Instance 2] GET /products");
  expect(first).not.toContain("[Instance 2]");
  return "[Instance 1] GET /products; [Instance 2] GET /products";
});

prove(
  "healthNotLogged",
  "logs of the balancer and of both replicas, after ten questions for /health",
  async () => {
    for (let i = 0; i < 10; i++) expect((await fetch(url("/health"))).status).toBe(200);
    await sequence(1);
    const names = [
      await balancer(),
      ...(await Promise.all(two.map((title) => findReplica(shop().label, title)))),
    ];
    await until("the last request is logged", async () =>
      (await docker("logs", names[0] ?? "")).includes("/products"),
    );
    const logs = (await Promise.all(names.map((name) => docker("logs", name)))).join("\n").split("\n");
    const questions = logs.filter((line) => line.includes("/health"));
    expect(questions).toEqual([]);
    return `${questions.length} of ${logs.length} lines`;
  },
);

prove("staticFiles", "asked twice", async () => {
  await fetch(url("/static/shop.css"));
  const { headers } = await fetch(url("/static/shop.css"));
  const [kept, browser] = [headers.get("x-cache"), headers.get("cache-control")];
  expect([kept, browser]).toEqual(["HIT", "public, max-age=3600"]);
  return `X-Cache: ${kept ?? ""}, Cache-Control: ${browser ?? ""}`;
});

prove("roundRobin", "in turn, and the shares of a load", async () => {
  const turns = await sequence();
  expect(count(turns)).toEqual({ "app-1": 20, "app-2": 20 });
  const load = { clients: { busyGet: 24, busyPost: 0, slow: 0, idle: 0, fresh: 0 }, paceMs: { busy: 0 } };
  const { report } = await row(
    { operation: "shop: requests in turn", target: url("/products"), load },
    async (running) => {
      const startedAt = performance.now();
      await running.waitFor(3000);
      // Where this takes longer than ten seconds, all of them would take longer than thirty.
      if (performance.now() - startedAt < 10_000) await running.waitFor(10_000);
    },
  );
  const shares = Object.values(report.instances).map((answers) => answers / report.sent);
  for (const share of shares) expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
  return `claimed 10,000 about evenly, measured ${describeFailures(report)}: ${JSON.stringify(report.instances)}`;
});

prove("stream", "settings in force, and what a client and the application see", async () => {
  const stream = await openStream(url("/events"), { "Accept-Encoding": "gzip" });
  await stream.waitFor("\n\n");
  const hello = shops.readHello(stream.text());
  expect(hello).toMatchObject({ http: "1.1", connection: null });
  expect(stream.headers["transfer-encoding"]).toBeUndefined();
  const text = await docker("exec", await balancer(), "cat", "/etc/flotilla/live/nginx.conf");
  const [, place = ""] = /location \/events \{(.*?)\n {4}\}/s.exec(text) ?? [];
  for (const setting of [
    "proxy_buffering off;",
    "chunked_transfer_encoding off;",
    "proxy_read_timeout 3600s;",
  ])
    expect(place).toContain(setting);
  const { id } = await shops.buy(shop().url);
  const seconds = await stream.waitFor(id);
  stream.close();
  return `asked with HTTP/${hello.http}, Connection ${String(hello.connection)}; no buffering, no chunking, 3600 s; an event ${(seconds * 1000).toFixed(0)} ms after its purchase was confirmed`;
});

prove("streamStays", "four streams through 20 purchases at both instances", async () => {
  const streams = await Promise.all(Array.from({ length: 4 }, () => openStream(url("/events"))));
  await Promise.all(streams.map((stream) => stream.waitFor("\n\n")));
  const homes = streams.map((stream) => shops.readHello(stream.text()).instance);
  const sellers = [];
  for (let i = 0; i < 20; i++) {
    const { id, instance } = await shops.buy(shop().url);
    sellers.push(instance);
    await Promise.all(streams.map((stream) => stream.waitFor(id)));
  }
  for (const stream of streams) {
    expect(stream.endedAfter()).toBeUndefined();
    expect(stream.text().match(/event: hello/g)).toHaveLength(1);
    stream.close();
  }
  return `streams at ${homes.join(" ")}; 20 events each, sold by ${JSON.stringify(count(sellers))}, one hello each`;
});

prove("fanOut", `${shops.viewersAre} at both replicas see every purchase`, () =>
  shops.useViewers(shop().url, two, async (viewers) => {
    const homes = await Promise.all(viewers.map((viewer) => viewer.instance()));
    expect(new Set(homes)).toEqual(new Set(two));
    const sellers = new Set<string>();
    let seen = 0;
    while (sellers.size < 2 || seen < 6 * viewers.length) {
      const { id, instance } = await shops.buy(shop().url);
      sellers.add(instance);
      for (const viewer of viewers) {
        await until("it is seen", () => viewer.saw(id));
        seen += 1;
      }
    }
    return `viewers at ${homes.join(" ")}: ${seen} of ${seen} sightings of purchases at ${[...sellers].sort().join(" and ")}`;
  }),
);

prove("weights", "40 requests one after the other", async () => {
  await change({ "shop:weights": "[3,1]" });
  const counts = count(await sequence());
  expect(counts).toEqual({ "app-1": 30, "app-2": 10 });
  await shop().run("pulumi", "config", "rm", "shop:weights", `--stack=${shop().stack}`);
  return JSON.stringify(counts);
});

prove("ipHash", "40 requests and streams of one address", async () => {
  await change({ "shop:method": "ip_hash" });
  const counts = count(await sequence());
  const streams = await Promise.all(Array.from({ length: 4 }, () => openStream(url("/events"))));
  await Promise.all(streams.map((stream) => stream.waitFor("\n\n")));
  const homes = streams.map((stream) => shops.readHello(stream.text()).instance);
  for (const stream of streams) stream.close();
  expect(Object.values(counts)).toEqual([40]);
  expect(new Set([...homes, ...Object.keys(counts)]).size).toBe(1);
  return `requests ${JSON.stringify(counts)}, streams at ${homes.join(" ")}`;
});

prove("leastConnections", "20 requests while one replica has streams and the other none", async () => {
  await change({ "shop:method": "least_conn" });
  const streams: Stream[] = [];
  for (let i = 0; i < 6; i++) {
    const stream = await openStream(url("/events"));
    await stream.waitFor("\n\n");
    streams.push(stream);
  }
  const homes = streams.map((stream) => shops.readHello(stream.text()).instance);
  streams.forEach((stream, index) => {
    if (homes[index] === "app-2") stream.close();
  });
  await until("the balancer has let go", async () => new Set(await sequence(4)).size === 1, 20);
  const counts = count(await sequence(20));
  for (const stream of streams) stream.close();
  expect(count(homes)).toEqual({ "app-1": 3, "app-2": 3 });
  expect(counts).toEqual({ "app-2": 20 });
  await change({ "shop:method": "round-robin" });
  return `streams at ${homes.join(" ")}; without those of app-2: ${JSON.stringify(counts)}`;
});
