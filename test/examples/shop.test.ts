import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";

const data = mkdtempSync(join(tmpdir(), "flotilla-shop-"));
vi.stubEnv("DATA", data);
vi.stubEnv("INSTANCE_ID", "app-2");
afterAll(() => {
  rmSync(data, { recursive: true });
});

/** As much of Redis as the stock needs. */
function createRedis() {
  const hash = new Map<string, number>();
  return {
    hSetNX: (_: string, field: string, value: string) =>
      Promise.resolve(hash.has(field) ? 0 : Number(hash.set(field, Number(value)).size > 0)),
    hGetAll: () =>
      Promise.resolve(Object.fromEntries([...hash].map(([field, value]) => [field, String(value)]))),
    hIncrBy: (_: string, field: string, amount: number) =>
      Promise.resolve(hash.set(field, (hash.get(field) ?? 0) + amount).get(field)),
  };
}

describe("the shop's stock", async () => {
  const { createStock } = await import("../../examples/shop/app/catalogue.js");

  test("is what it was when another replica starts", async () => {
    const redis = createRedis();
    const first = await createStock(redis, 5);
    await first.take("anchor");
    const second = await createStock(redis, 5);
    expect(await second.read()).toEqual({ anchor: 4, compass: 5, lantern: 5 });
  });

  test("ends at nothing, however many want the last one", async () => {
    const stock = await createStock(createRedis(), 2);
    const taken = await Promise.all(["anchor", "anchor", "anchor", "anchor"].map((id) => stock.take(id)));
    expect(taken.filter((left) => left !== undefined)).toHaveLength(2);
    expect((await stock.read()).anchor).toBe(0);
  });
});

test("a receipt is a whole file, and only ids are names of receipts", async () => {
  const { openReceipts } = await import("../../examples/shop/app/receipts.js");
  const receipts = await openReceipts();
  const receipt = { id: "25e3bc2b-1783-4349-9e86-cb6d7fb63432", product: "anchor" };
  await receipts.write(receipt);
  expect(await receipts.read(receipt.id)).toEqual(receipt);
  expect(readdirSync(join(data, "receipts"))).toEqual([`${receipt.id}.json`]);
  expect(await receipts.read("../../../etc/passwd")).toBeUndefined();
});

test("a line of the log names the instance by its number", async () => {
  const { log } = await import("../../examples/shop/app/instance.js");
  const written = vi.spyOn(console, "log").mockImplementation(() => undefined);
  log("GET /products");
  expect(written).toHaveBeenCalledWith("[Instance 2] GET /products");
});
