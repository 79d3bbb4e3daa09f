// The figures that their document claims, measured where each API replica has a fifth of a processor.
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect } from "vitest";
import { startLoad } from "../../load/client";
import { lines } from "./lines/food-delivery";
import { useExample } from "./support/example";
import { useLines } from "./support/lines";

const api = "food-delivery:apiReplicas";
const project = useExample("food-delivery", "dev", {
  ...{ [api]: "1", "food-delivery:apiCpus": "0.2", "food-delivery:requestsPerSecond": "10000" },
});
const prove = useLines("food-delivery", lines);

/** What clients get who always ask for the restaurants again. */
interface Measured {
  perSecond: number;
  p95Ms: number;
  p99Ms: number;
  failed: number;
}

const clients = { busyGet: 40, busyPost: 0, slow: 0, idle: 0, fresh: 0 };
const warmUpMs = 4000;
const seconds = 12;
let one: Measured;
let three: Measured;

async function askAllTheTime(milliseconds: number) {
  const url = `${project().url}/api/restaurants`;
  const load = startLoad({ url, clients, paceMs: { busy: 0 }, answer: '"success":true' });
  await load.waitFor(1);
  await wait(milliseconds);
  return load.stop();
}

async function measure(): Promise<Measured> {
  await askAllTheTime(warmUpMs);
  const { answered, failed, rows } = await askAllTheTime(seconds * 1000);
  const { p95Ms = 0, p99Ms = 0 } = rows.find(({ kind }) => kind === "busyGet") ?? {};
  return { perSecond: Math.round(answered / seconds), p95Ms, p99Ms, failed };
}

beforeAll(async () => {
  one = await measure();
  await project().configure({ [api]: "3" });
  await project().deploy();
  three = await measure();
});

prove("claimThroughput", "requests a second that 40 clients get from one replica and from three", () => {
  expect([one.failed, three.failed]).toEqual([0, 0]);
  expect(three.perSecond / one.perSecond).toBeGreaterThan(1.8);
  return Promise.resolve(
    `claimed 100 and 300, measured ${one.perSecond} and ${three.perSecond}, ${(three.perSecond / one.perSecond).toFixed(1)} times as many`,
  );
});

prove("claimLatency", "the same requests", () => {
  expect(three.p95Ms).toBeLessThan(one.p95Ms);
  expect(three.p99Ms).toBeLessThan(one.p99Ms);
  return Promise.resolve(
    `claimed P95 800 and 250 ms, P99 2000 and 600 ms; measured P95 ${one.p95Ms} and ${three.p95Ms} ms, P99 ${one.p99Ms} and ${three.p99Ms} ms`,
  );
});
