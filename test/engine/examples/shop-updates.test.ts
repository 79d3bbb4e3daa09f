// The shop, on one deployment: updates, restarts and scaling under load, and what its document claims.
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { startLoad } from "../../load/client";
import { describeFailures } from "../../load/report";
import { followCapacity } from "../support/capacity";
import { count } from "../support/counts";
import { docker, findReplica, findRunning, until, watchEvents } from "../support/engine";
import { countFailures, row, type Exception } from "../support/rows";
import { listReplicas, query } from "../monitoring/support/prometheus";
import { lines } from "./lines/shop";
import { deployWith, editFile, findGrafana, type ExampleSettings } from "./support/example";
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

prove("scraped", "targets of Prometheus, and the requests that each instance tells it of", async () => {
  await scrapedBy(["app-1", "app-2", "sales-1"]);
  await shops.askInstances(target(), 20);
  const { prometheus } = await shops.readOutputs(shop());
  const expression = 'sum by (replica) (shop_requests_total{pool="app",method="GET"})';
  let told: Record<string, number> = {};
  await until("both have told of their requests", async () => {
    const found = await query(prometheus, expression);
    told = Object.fromEntries(found.map(({ labels, value }) => [labels.replica ?? "", value]));
    return (told["app-1"] ?? 0) >= 10 && (told["app-2"] ?? 0) >= 10;
  });
  expect(Object.keys(told).sort()).toEqual(["app-1", "app-2"]);
  return `requests by instance ${JSON.stringify(told)}`;
});

prove("hostFigures", "asked of Prometheus", async () => {
  const { prometheus } = await shops.readOutputs(shop());
  let free = 0;
  await until("the host is measured", async () => {
    free = (await query(prometheus, "node_memory_MemAvailable_bytes"))[0]?.value ?? 0;
    return free > 0;
  });
  expect(free).toBeGreaterThan(2 ** 20);
  return `memory of the host that is free: ${(free / 2 ** 20).toFixed(0)} MiB`;
});

prove("containerFigures", "memory of both instances, asked of Prometheus", async () => {
  const { prometheus } = await shops.readOutputs(shop());
  const find = () => query(prometheus, 'container:memory:bytes{pool="app"} > 0');
  await until("both are measured", async () => (await find()).length === 2, 120);
  const measuredNow = await find();
  expect(measuredNow.map(({ labels }) => labels.replica).sort()).toEqual(["app-1", "app-2"]);
  return measuredNow
    .map(({ labels, value }) => `${labels.replica ?? "?"} ${(value / 2 ** 20).toFixed(0)} MiB`)
    .sort()
    .join(", ");
});

prove("grafana", "its address, or that the engine has no image of it", async () => {
  const { prometheus } = await shops.readOutputs(shop());
  expect(String(prometheus.grafanaUrl !== undefined)).toBe(await findGrafana());
  if (prometheus.grafanaUrl === undefined) return "left out: its image is not to be had here";
  expect((await fetch(`${prometheus.grafanaUrl}/api/health`)).status).toBe(200);
  return `answers at ${prometheus.grafanaUrl}`;
});

let checkUpdate: (() => Promise<string>) | undefined;

prove("update", "a changed page, under load, with event streams open", async () => {
  const before = await shops.readBooks(await firstReplica());
  const stopWatching = await watchEvents(shop().label);
  const { report, result } = await row(
    { operation: "shop: rolling update", target: target(), load: shops.visitors },
    () =>
      shops.useViewers(shop().url, ["app-1", "app-2"], async (viewers) => {
        editFile(shop(), "app/shop.html", "Just sold", "Sold just now");
        await shop().deploy();
        for (const viewer of viewers) {
          const last = await viewer.latest();
          await until("purchases are seen after the update", async () => (await viewer.latest()) !== last);
        }
        return viewers.length;
      }),
  );
  const events = (await stopWatching()).filter(({ replica }) => replica?.startsWith("app-"));
  const { least, steps } = followCapacity(2, events);
  checkUpdate = () => shops.checkBooks(shop(), before, report);
  expect(await (await fetch(url("/shop"))).text()).toContain("Sold just now");
  expect(least).toBe(1);
  return `${describeFailures(report)}; ${steps.join(", ")}; ${result} viewers (${shops.viewersAre}) have events again`;
});

prove("purchasesUpdate", "purchases of the update's load, by their ids", async () => {
  if (checkUpdate === undefined) throw new Error("The update went wrong before.");
  return checkUpdate();
});

const waitingBuyers: Exception = {
  because: "purchases wait 60 s for the only broker, and are refused after that",
  judge: (report) => (countFailures(report.rows, "GET") === 0 ? undefined : "no GET may fail"),
};

prove("purchasesBroker", "the only broker restarted under purchases, and their ids compared", async () => {
  const before = await shops.readBooks(await firstReplica());
  const [broker = ""] = (await shops.readOutputs(shop())).stores.purchases;
  const operation = "shop: the broker is restarted";
  const { report, seconds } = await row(
    { operation, target: target(), load: shops.visitors, exception: waitingBuyers },
    async () => {
      await docker("restart", broker);
      const isSold = () =>
        shops.buy(shop().url).then(
          () => true,
          () => false,
        );
      await until("somebody can buy again", isSold, 240);
    },
  );
  const books = await shops.checkBooks(shop(), before, report);
  return `${describeFailures(report)}, purchases again after ${seconds.toFixed(1)} s; ${books}`;
});

prove(
  "failures",
  "one of two replicas killed under load: settings in force, and requests meanwhile",
  async () => {
    const [balancer = ""] = (await findRunning(shop().label, "flotilla.role=balancer")).filter((name) =>
      name.startsWith("shop"),
    );
    const members = await docker("exec", balancer, "cat", "/etc/flotilla/live/members/app.conf");
    const entries = members.split("\n").filter((line) => line.startsWith("server"));
    expect(entries).toHaveLength(2);
    for (const entry of entries) expect(entry).toContain("max_fails=3 fail_timeout=30s");
    const killed = await findReplica(shop().label, "app-2");
    const load = { ...shops.visitors, method: "GET" as const };
    const { report } = await row(
      { operation: "shop: a replica is killed", target: target(), load },
      async () => {
        await docker("kill", killed);
        await wait(5000);
      },
    );
    await docker("start", killed);
    await until(
      "it gets requests again",
      async () => (await shops.askInstances(target(), 4)).includes("app-2"),
      120,
    );
    return `${entries.length} replicas with max_fails=3 fail_timeout=30s; ${describeFailures(report)}`;
  },
);

prove("thirdApp", "replicas 2 → 3 under load; Prometheus follows", async () => {
  const { report } = await row(
    { operation: "shop: a third app", target: target(), load: shops.visitors },
    async () => {
      await change({ "shop:replicas": "3" });
      await scrapedBy(["app-1", "app-2", "app-3", "sales-1"]);
    },
  );
  const counts = count(await shops.askInstances(target(), 30));
  expect(Object.keys(counts)).toEqual(["app-1", "app-2", "app-3"]);
  for (const each of Object.values(counts)) expect(each).toBeGreaterThanOrEqual(8);
  return `shop:replicas 3; ${describeFailures(report)}; 30 requests ${JSON.stringify(counts)}; 3 targets`;
});

/** Seconds of a processor that a replica has used until now. */
async function readProcessorSeconds(replica: string): Promise<number> {
  const text = await docker("exec", replica, "sh", "-c", "cat /proc/1/stat /proc/[0-9]*/stat 2>/dev/null");
  const processes = new Map(
    text.split("\n").map((line) => {
      const [, user, system] = /^\d+ \(.*\) (?:\S+ ){11}(\d+) (\d+) /.exec(line) ?? [];
      return [line.split(" ")[0], (Number(user) + Number(system)) / 100];
    }),
  );
  return [...processes.values()].reduce((sum, seconds) => sum + seconds, 0);
}

interface Measured {
  /** Requests per second as fast as they are answered. */
  rate: number;
  /** Seconds of a processor that each instance uses for 1,000 purchases of a load that stays the same, beyond those at rest. */
  processor: number;
}

/** Measures so many replicas, each with a fifth of a processor. */
async function measure(replicas: number): Promise<Measured> {
  await change({ "shop:cpus": "0.2", "shop:replicas": String(replicas) });
  const names = (await shops.readOutputs(shop())).containers.app;
  const readAll = async () =>
    (await Promise.all(names.map(readProcessorSeconds))).reduce((sum, seconds) => sum + seconds, 0);
  const measureUse = async () => {
    const before = await readAll();
    await wait(10_000);
    return (await readAll()) - before;
  };
  const run = async (clients: { busyGet: number; busyPost: number }, busy: number, first: number) => {
    const load = startLoad({
      // Asks Redis too: a cheaper request would keep the client busier than the replicas.
      ...{ url: url("/stock"), clients: { ...clients, slow: 0, idle: 0, fresh: 0 }, paceMs: { busy } },
      post: shops.visitors.post,
    });
    // A program that has just started takes several times as much for each request.
    await load.waitFor(first);
    const seen = await load.snapshot();
    const used = await measureUse();
    const seenAfter = await load.snapshot();
    const { failed } = await load.stop();
    expect(failed).toBe(0);
    const requests = seenAfter.ok - seen.ok;
    return { used, requests, rate: requests / (seenAfter.seconds - seen.seconds) };
  };
  // So many that none is idle while the others have used up their share of the moment.
  const { rate } = await run({ busyGet: 64, busyPost: 0 }, 0, 4000);
  // What each takes for health checks, figures and its connections, be there customers or not.
  const atRest = await measureUse();
  // Purchases, beside whose work it counts little whether several requests are taken up together.
  const { used, requests } = await run({ busyGet: 0, busyPost: 4 }, 50, 1000);
  return { rate, processor: (used - atRest) / names.length / (requests / 1000) };
}

const measured: Measured[] = [];

prove("claimRate", "one and two instances, each with 0.2 CPU, asked as fast as they answer", async () => {
  measured.push(await measure(1), await measure(2));
  const [one = Number.NaN, two = Number.NaN] = measured.map(({ rate }) => rate);
  const numbers = `claimed 126 → 250 req/s (2.0 times), measured ${one.toFixed(0)} → ${two.toFixed(0)} (${(two / one).toFixed(2)} times)`;
  expect(two / one, numbers).toBeGreaterThan(1.3);
  return numbers;
});

prove(
  "claimProcessors",
  "one and two instances under the same load, seconds of CPU per 1,000 purchases",
  async () => {
    const [one = Number.NaN, two = Number.NaN] = measured.map(({ processor }) => processor);
    const numbers = `claimed 60–80 % → 30–40 % (0.50), measured ${one.toFixed(2)} s → ${two.toFixed(2)} s for each instance (${(two / one).toFixed(2)})`;
    expect(two / one, numbers).toBeLessThan(0.75);
    return Promise.resolve(numbers);
  },
);
