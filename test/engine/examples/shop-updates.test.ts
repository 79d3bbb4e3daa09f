// The shop, on one deployment: updates, restarts and scaling under load, and what its document claims.
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { startLoad } from "../../load/client";
import { describeFailures } from "../../load/report";
import { followCapacity } from "../support/capacity";
import { count } from "../support/counts";
import { docker, findReplica, succeeds, until, watchEvents } from "../support/engine";
import { countFailures, type Exception } from "../support/exceptions";
import { row } from "../support/rows";
import { listReplicas, query } from "../monitoring/support/prometheus";
import { lines } from "./lines/shop";
import { deployWith, editFile, type ExampleSettings } from "./support/example";
import { useLines } from "./support/lines";
import * as shops from "./support/shop";

const shop = shops.useShop();
const prove = useLines("shop", lines);
const url = (path: string) => `${shop().url}${path}`;
const target = () => url("/products");
const change = (settings: ExampleSettings) => deployWith(shop(), settings);
const firstReplica = () => findReplica(shop().label, "app-1");
const scrapedBy = async (expected: string[]) => {
  const { prometheus } = await shops.readOutputs(shop());
  const wanted = JSON.stringify(Object.fromEntries(expected.map((name) => [name, 1])));
  return until("Prometheus looks at the replicas", async () => {
    const found = Object.entries(await listReplicas(prometheus)).sort();
    return JSON.stringify(Object.fromEntries(found)) === wanted;
  });
};

prove("figures", "each instance and the host, asked of Prometheus", async () => {
  await scrapedBy(["app-1", "app-2", "sales-1"]);
  await shops.askInstances(target(), 20);
  const { prometheus } = await shops.readOutputs(shop());
  const expressions = [
    'sum by (replica) (shop_requests_total{pool="app",method="GET"}) >= 10',
    'container:memory:bytes{pool="app"} > 0',
  ];
  for (const expression of expressions) {
    const find = async () => (await query(prometheus, expression)).map(({ labels }) => labels.replica).sort();
    await expect.poll(find, { timeout: 120_000 }).toEqual(["app-1", "app-2"]);
  }
  expect(await query(prometheus, "node_memory_MemAvailable_bytes > 0")).toHaveLength(1);
  return `${expressions.join(", ")}, and the host's memory`;
});

prove("update", "a changed page, under load, with event streams open; purchases by their ids", async () => {
  const before = await shops.readBooks(await firstReplica());
  const stopWatching = await watchEvents(shop().label);
  const { report, result } = await row(
    { operation: "shop: rolling update", target: target(), load: shops.visitors },
    () =>
      shops.useViewers(shop().url, ["app-1", "app-2"], async (viewers) => {
        editFile(shop(), "app/shop.html", "Just sold", "Sold just now");
        await shop().deploy();
        for (const { text } of viewers) {
          const { length } = text();
          await until("purchases are seen after the update", () => text().length > length);
        }
        return viewers.length;
      }),
  );
  const events = (await stopWatching()).filter(({ replica }) => replica?.startsWith("app-"));
  const { least, steps } = followCapacity(2, events);
  const books = await shops.checkBooks(shop(), before, report);
  expect(await (await fetch(url("/shop"))).text()).toContain("Sold just now");
  expect(least).toBe(1);
  return `${describeFailures(report)}; ${steps.join(", ")}; ${result} viewers have events again; ${books}`;
});

const brokerSeconds = 60;
const buyers = shops.visitors.clients.busyPost + shops.visitors.clients.fresh / 2;
const waitingBuyers: Exception = {
  because: `purchases wait ${brokerSeconds} s for the only broker, and are refused after that`,
  judge: ({ report: { rows, seconds } }) => {
    if (countFailures(rows, "GET") > 0) return "no GET may fail";
    const most = buyers * Math.ceil(seconds / brokerSeconds);
    const failed = countFailures(rows, "POST");
    return failed <= most
      ? undefined
      : `${failed} POSTs failed, but each buyer waits ${brokerSeconds} s: ${most}`;
  },
};

prove("purchasesBroker", "the only broker restarted under purchases, and their ids compared", async () => {
  const before = await shops.readBooks(await firstReplica());
  const [broker = ""] = (await shops.readOutputs(shop())).stores.purchases;
  const operation = "shop: the broker is restarted";
  let tries = 0;
  const { report, seconds } = await row(
    {
      ...{ operation, target: target(), load: shops.visitors, exception: waitingBuyers },
      slowest: { seconds: brokerSeconds + 15, because: "purchases wait for the only broker" },
    },
    async () => {
      await docker("restart", broker);
      const isSold = () => {
        tries += 1;
        return succeeds(shops.buy(shop().url));
      };
      await until("somebody can buy again", isSold, 240);
    },
  );
  const books = await shops.checkBooks(shop(), before, report, tries);
  return `${describeFailures(report)}, purchases again after ${seconds.toFixed(1)} s; ${books}`;
});

prove("thirdApp", "replicas 2 → 3 under load; Prometheus follows", async () => {
  const { report } = await row(
    { operation: "shop: a third app", target: target(), load: shops.visitors },
    async () => {
      await change({ "shop:appReplicas": "3" });
      await scrapedBy(["app-1", "app-2", "app-3", "sales-1"]);
    },
  );
  const counts = count(await shops.askInstances(target(), 30));
  expect(Object.keys(counts)).toEqual(["app-1", "app-2", "app-3"]);
  for (const each of Object.values(counts)) expect(each).toBeGreaterThanOrEqual(8);
  return `shop:appReplicas 3; ${describeFailures(report)}; 30 requests ${JSON.stringify(counts)}; 3 targets`;
});

prove("claimRate", "one and two instances, each with 0.2 CPU, asked as fast as they answer", async () => {
  const measure = async (replicas: number) => {
    await change({ "shop:cpus": "0.2", "shop:appReplicas": String(replicas) });
    const clients = { busyGet: 64, busyPost: 0, slow: 0, idle: 0, fresh: 0 };
    // Asks Redis too: a cheaper request would keep the client busier than the replicas.
    const load = startLoad({ url: url("/stock"), clients, paceMs: { busy: 0 } });
    // A program that has just started takes several times as much for each request.
    await load.waitFor(4000);
    const before = await load.snapshot();
    await wait(10_000);
    const after = await load.snapshot();
    expect((await load.stop()).failed).toBe(0);
    return (after.ok - before.ok) / (after.seconds - before.seconds);
  };
  const [one, two] = [await measure(1), await measure(2)];
  const numbers = `claimed 126 → 250 req/s (2.0 times), measured ${one.toFixed(0)} → ${two.toFixed(0)} (${(two / one).toFixed(2)} times)`;
  expect(two / one, numbers).toBeGreaterThan(1.3);
  return numbers;
});
