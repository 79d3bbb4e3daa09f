import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { Keeper } from "../../backup/io/keeper";
import { serveMetrics } from "../../backup/io/server";

test("figures come with their type, without which Prometheus takes none", async () => {
  const situation = { store: "cache", history: { doneUntil: 0, failures: 2 }, records: [], isBusy: false };
  const keeper = { situation: () => Promise.resolve(situation) } as unknown as Keeper;
  const server = serveMetrics(keeper, 0);
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await answer.text()).toContain('flotilla_backup_failures_total{store="cache"} 2');
  server.close();
});
