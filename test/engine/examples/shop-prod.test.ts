// The shop's stack prod: three replicas, and three brokers.
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { docker, findReplica, readState, until } from "../support/engine";
import { row } from "../support/rows";
import { lines } from "./lines/shop";
import { useLines } from "./support/lines";
import * as shops from "./support/shop";

const shop = shops.useShop("prod");
const prove = useLines("shop", lines);

prove("purchasesBroker", "one of three brokers killed under purchases, and their ids compared", async () => {
  const { purchases } = (await shops.readOutputs(shop())).stores;
  expect(purchases).toHaveLength(3);
  const [, killed = ""] = purchases;
  const before = await shops.readBooks(await findReplica(shop().label, "app-1"));
  const { report, seconds } = await row(
    {
      ...{ operation: "shop: one of three brokers is killed" },
      ...{ target: `${shop().url}/products`, load: shops.visitors },
      slowest: { seconds: 30, because: "purchases wait until another broker leads" },
    },
    async () => {
      await docker("kill", killed);
      await wait(10_000);
      await docker("start", killed);
      await until("it is healthy", async () => (await readState(killed)).health === "healthy", 120);
    },
  );
  const books = await shops.checkBooks(shop(), before, report);
  return `${describeFailures(report)}, healthy again ${seconds.toFixed(0)} s after the kill; ${books}`;
});
