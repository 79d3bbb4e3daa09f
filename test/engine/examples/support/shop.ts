import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { docker, findReplica, until } from "../../support/engine";
import type { OutsideProject } from "../../support/outside-project";
import { findFreePort } from "../../support/ports";
import { findGrafana, useExample } from "./example";
import type { LoadOptions } from "../../../load/client";
import type { LoadReport } from "../../../load/report";
import { openStream } from "../../balancer/support/streams";
import type { MonitoringOutputs } from "../../monitoring/support/prometheus";

/** What the shop's program exports, as far as its proofs need it. */
export interface ShopOutputs {
  containers: Record<"app" | "sales", string[]>;
  stores: Record<"cache" | "purchases", string[]>;
  data: { data: string };
  prometheus: MonitoringOutputs & { grafanaUrl?: string };
}

/** Deploys the shop with monitoring, and with enough in stock for every load. */
export function useShop(stack: "dev" | "prod" = "dev"): () => OutsideProject {
  return useExample("shop", stack, { "shop:stock": "1000000" }, async ({ configure }) =>
    configure({
      "shop:monitoringPort": String(await findFreePort()),
      "shop:grafana": await findGrafana(),
    }),
  );
}

/** What the program exports now. */
export async function readOutputs(shop: OutsideProject): Promise<ShopOutputs> {
  return (await shop.outputs()) as unknown as ShopOutputs;
}

/** A few clients of every kind, who look and buy. */
export const visitors = {
  clients: { busyGet: 3, busyPost: 3, slow: 4, idle: 3, fresh: 2 },
  slowPath: "/slow?ms=<ms>",
  post: { path: "/purchase", body: JSON.stringify({ product: "anchor" }) },
  timeoutMs: 120_000,
} satisfies Omit<LoadOptions, "url">;

/** How many purchases a load was told to have made, and of how many it was told that they failed. */
function countPurchases({ rows }: LoadReport): { told: number; failed: number } {
  const purchases = rows.filter(({ kind, method }) => method === "POST" && kind !== "slow");
  return {
    told: purchases.reduce((sum, { ok }) => sum + ok, 0),
    failed: purchases.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** Who answers, one request after the other, each on a connection of its own. */
export async function askInstances(url: string, times: number): Promise<string[]> {
  const instances: string[] = [];
  for (let count = 0; count < times; count++) {
    const answer = await fetch(url, { headers: { connection: "close" } });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    instances.push(answer.headers.get("x-instance-id") ?? "");
    await answer.arrayBuffer();
  }
  return instances;
}

/** Buys something; gives the purchase. */
export async function buy(url: string): Promise<{ id: string; instance: string }> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${url}/purchase`, { method: "POST", headers, body: visitors.post.body });
  const { id, served_by } = (await answer.json()) as { id: string; served_by: { instance: string } };
  if (answer.status !== 201) throw new Error(`A purchase was answered ${answer.status}.`);
  return { id, instance: served_by.instance };
}

/** Purchases that were confirmed, each of which left a receipt, and those that were counted as sold. */
export interface Books {
  confirmed: number;
  sold: number;
  /** Confirmed, and not counted. */
  lost: number;
}

/** Compares the receipts in the volume with what the workers took from Kafka, by their ids. */
export async function readBooks(replica: string): Promise<Books> {
  const script = `import { readdirSync } from "node:fs";
import { connectRedis } from "./stores.js";
import { products } from "./catalogue.js";
const redis = await connectRedis();
const sold = new Set((await Promise.all(products.map(({ id }) => redis.sMembers("sold:" + id)))).flat());
redis.destroy();
const confirmed = readdirSync("/data/receipts").filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
const lost = confirmed.filter((id) => !sold.has(id)).length;
console.log(JSON.stringify({ confirmed: confirmed.length, sold: sold.size, lost }));`;
  return JSON.parse(await docker("exec", replica, "node", "--input-type=module", "-e", script)) as Books;
}

/** Waits until the workers have counted what was confirmed; gives the books even when they never do. */
export async function settleBooks(replica: string): Promise<Books> {
  let books = await readBooks(replica);
  const settled = until(
    "all purchases are counted",
    async () => (books = await readBooks(replica)).lost === 0,
    90,
  );
  await settled.catch(() => undefined);
  return books;
}

/** Compares what a load was told of its purchases with receipts and counts, as soon as the workers are done. */
export async function checkBooks(
  { label }: OutsideProject,
  before: Books,
  report: LoadReport,
  /** Purchases that somebody else tried meanwhile. */
  others = 0,
): Promise<string> {
  const books = await settleBooks(await findReplica(label, "app-1"));
  const confirmed = books.confirmed - before.confirmed;
  const { told, failed } = countPurchases(report);
  const numbers = `told ${told}, receipts ${confirmed}, counted ${books.sold - before.sold}, lost ${books.lost}`;
  expect(books.lost, numbers).toBe(0);
  expect(confirmed, numbers).toBeGreaterThanOrEqual(told);
  // A purchase whose answer failed may have been made all the same, and no other.
  expect(confirmed - told, numbers).toBeLessThanOrEqual(failed + others);
  expect(books.sold - before.sold - confirmed, numbers).toBeLessThanOrEqual(failed + others);
  return numbers;
}

/** Somebody with the shop's page open, who opens another stream when one ends, as a browser does. */
export interface Viewer {
  /** All that has come until now. */
  text: () => string;
}

/** Opens event streams until every one of these replicas has a viewer. */
export async function useViewers<Result>(
  url: string,
  instances: string[],
  look: (viewers: Viewer[]) => Promise<Result>,
): Promise<Result> {
  const viewers: Viewer[] = [];
  const closing: (() => void)[] = [];
  try {
    const seen = new Set<string>();
    for (let tries = 0; tries < 12 && seen.size < instances.length; tries++) {
      const viewer = await openViewer(url, closing);
      viewers.push(viewer);
      seen.add(readHello(viewer.text()).instance);
    }
    expect([...seen].sort()).toEqual(instances);
    return await look(viewers);
  } finally {
    for (const close of closing) close();
  }
}

async function openViewer(url: string, closing: (() => void)[]): Promise<Viewer> {
  let stream = await openStream(`${url}/events`);
  let before = "";
  let closed = false;
  const isClosed = () => closed;
  const reopen = async () => {
    while (!isClosed()) {
      await wait(500);
      if (isClosed() || stream.endedAfter() === undefined) continue;
      const opened = await openStream(`${url}/events`).catch(() => undefined);
      if (opened === undefined) continue;
      before += stream.text();
      stream = opened;
    }
    stream.close();
  };
  closing.push(() => (closed = true));
  void reopen();
  await stream.waitFor("\n\n");
  return { text: () => before + stream.text() };
}

/** What a stream's first event says: the replica, and how the balancer asked it. */
export function readHello(text: string): { instance: string; http: string; connection: string | null } {
  const [, hello = "{}"] = /event: hello\ndata: (.*)\n/.exec(text) ?? [];
  return JSON.parse(hello) as ReturnType<typeof readHello>;
}
