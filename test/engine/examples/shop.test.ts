// The shop, on one deployment: shared state, events, and every instance measured.
import { expect } from "vitest";
import { count } from "../support/counts";
import { docker, findReplica, readBalancer, until } from "../support/engine";
import { openStream } from "../balancer/support/streams";
import { lines } from "./lines/shop";
import { deployWith, type ExampleSettings } from "./support/example";
import { useLines } from "./support/lines";
import * as shops from "./support/shop";

const shop = shops.useShop();
const prove = useLines("shop", lines);
const two = ["app-1", "app-2"];

const url = (path: string) => `${shop().url}${path}`;
const inspect = (container: string, format: string) => docker("inspect", `--format=${format}`, container);

prove("instances", "ten answers, the replicas' environment and the logs of all", async () => {
  for (let i = 0; i < 10; i++) {
    const { headers } = await fetch(url("/products"));
    expect(two).toContain(headers.get("x-instance-id"));
    expect(headers.get("x-served-by")).toBe(headers.get("x-instance-id"));
    expect((await fetch(url("/health"))).status).toBe(200);
  }
  for (const [index, title] of two.entries()) {
    const replica = await findReplica(shop().label, title);
    expect(await inspect(replica, "{{json .Config.Env}}")).toContain(`INSTANCE_ID=${title}`);
    const log = await docker("logs", replica);
    expect(log).toContain(`[Instance ${index + 1}] GET /products`);
    expect(log).not.toContain("/health");
  }
  return "X-Served-By and X-Instance-ID are INSTANCE_ID; [Instance 1] GET /products, and no line of /health";
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

prove("stream", "settings in force, and what a client and the application see", async () => {
  const stream = await openStream(url("/events"), { "Accept-Encoding": "gzip" });
  await stream.waitFor("\n\n");
  expect(shops.readHello(stream.text())).toMatchObject({ http: "1.1", connection: null });
  expect(stream.headers["transfer-encoding"]).toBeUndefined();
  const [, place = ""] = /location \/events \{(.*?)\n {4}\}/s.exec(await readBalancer(shop().label)) ?? [];
  for (const setting of [
    "proxy_buffering off;",
    "chunked_transfer_encoding off;",
    "proxy_read_timeout 3600s;",
  ])
    expect(place).toContain(setting);
  const { id } = await shops.buy(shop().url);
  const seconds = await stream.waitFor(id);
  stream.close();
  await fetch(url("/static/shop.css"));
  const { headers } = await fetch(url("/static/shop.css"));
  expect([headers.get("x-cache"), headers.get("cache-control")]).toEqual(["HIT", "public, max-age=3600"]);
  return `an event ${(seconds * 1000).toFixed(0)} ms after its purchase was confirmed`;
});

prove("fanOut", "clients at both replicas see every purchase, each on one stream", () =>
  shops.useViewers(shop().url, two, async (viewers) => {
    const sellers = new Set<string>();
    let seen = 0;
    while (sellers.size < 2 || seen < 6 * viewers.length) {
      const { id, instance } = await shops.buy(shop().url);
      sellers.add(instance);
      await until("all have seen it", () => viewers.every(({ text }) => text().includes(id)));
      seen += viewers.length;
    }
    for (const { text } of viewers) expect(text().match(/event: hello/g)).toHaveLength(1);
    return `${viewers.length} viewers: ${seen} sightings of purchases at ${[...sellers].sort().join(" and ")}`;
  }),
);

prove("methods", "Nginx's configuration with each choice, and 40 requests with weights", async () => {
  const configured = async (settings: ExampleSettings) => {
    await deployWith(shop(), settings);
    const text = await readBalancer(shop().label);
    return { text, group: /upstream app \{(.*?)\n *\}/s.exec(text)?.[1] ?? "" };
  };
  const weighted = await configured({ "shop:weights": "[3,1]" });
  expect(weighted.group).toContain("keepalive");
  expect(weighted.group).not.toMatch(/ip_hash|least_conn/);
  expect(weighted.text).toContain("weight=3 max_fails=3 fail_timeout=30s");
  const counts = count(await shops.askInstances(url("/products"), 40));
  expect(counts).toEqual({ "app-1": 30, "app-2": 10 });
  await shop().run("pulumi", "config", "rm", "shop:weights", `--stack=${shop().stack}`);
  for (const method of ["ip_hash", "least_conn"])
    expect((await configured({ "shop:method": method })).group).toContain(`${method};`);
  return JSON.stringify(counts);
});
