import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentName, recordName } from "../../backup/record";
import { key, type Options, useBench } from "./support/bench";

const bench = useBench();

describe("a restore", () => {
  test.each([[undefined], [key]])("puts back what was there (key %s)", async (secret) => {
    const keeper = bench.start(secret === undefined ? {} : { key: secret });
    const { id } = await keeper.back("request");
    bench.store.data = "something else";
    expect(await keeper.restore("latest")).toMatchObject({
      id,
      before: { entries: "1" },
      after: { entries: "3" },
    });
    expect(bench.store.data).toBe("one\ntwo\nthree");
    expect(bench.store.asked.slice(-2)).toEqual(["verify", "restore"]);
  });

  test("refuses what there is not, with what there is", async () => {
    const keeper = bench.start();
    await expect(keeper.restore("latest")).rejects.toThrow("There is no backup.");
    const { id } = await keeper.back("request");
    await expect(keeper.restore("20200101T030000Z-abcdef")).rejects.toThrow(
      `There is no backup "20200101T030000Z-abcdef". The backups are:\n  ${id}`,
    );
    expect(bench.store.asked).not.toContain("restore");
  });

  test("refuses what failed its check", async () => {
    const keeper = bench.start();
    bench.store.faults.verify = "it cannot be read";
    await expect(keeper.back("request")).rejects.toThrow();
    const [record] = await keeper.list();
    await expect(keeper.restore(record?.id ?? "")).rejects.toThrow(
      "failed its check and cannot be restored. it cannot be read",
    );
    await expect(keeper.restore("latest")).rejects.toThrow("There is no backup.");
    expect(bench.store.asked).not.toContain("restore");
  });

  test.each<[string, Options]>([
    ["plain", {}],
    ["encrypted", { key }],
  ])("refuses a %s backup that was damaged since", async (_, options) => {
    const keeper = bench.start(options);
    const { id } = await keeper.back("request");
    appendFileSync(join(bench.backups, contentName(id)), "x");
    await expect(keeper.restore(id)).rejects.toThrow("What is stored is damaged");
    expect(bench.store.asked).not.toContain("restore");
  });

  test("refuses a backup of another key", async () => {
    const { id, key: fingerprint = "" } = await bench.start({ key }).back("request");
    await expect(bench.start({ key: `${key}2` }).restore(id)).rejects.toThrow(
      `The backup ${id} is encrypted with the key of fingerprint ${fingerprint}, but the one at hand has`,
    );
    await expect(bench.start().restore(id)).rejects.toThrow("but there is none");
  });

  test("takes one of before there was a key by its name alone: anybody could have put it there", async () => {
    const { id } = await bench.start().back("request");
    await expect(bench.start({ key }).restore("latest")).rejects.toThrow(id);
    expect(bench.store.asked).not.toContain("restore");
    await bench.start({ key }).restore(id);
    expect(bench.store.asked).toContain("restore");
    const { id: encrypted } = await bench.start({ key }).back("request");
    await bench.start().back("request");
    expect(await bench.start({ key }).restore("latest")).toMatchObject({ id: encrypted });
  });

  test.each([{ store: "orders" }, { engine: "postgres" }])(
    "refuses one of another datastore: %j",
    async (other) => {
      const { id } = await bench.start().back("request");
      const file = join(bench.backups, recordName(id));
      const record = JSON.parse(readFileSync(file, "utf8")) as object;
      writeFileSync(file, JSON.stringify({ ...record, ...other }));
      await expect(bench.start().restore(id)).rejects.toThrow(/^The backup \S+ is of the datastore /);
      await expect(bench.start().restore("latest")).rejects.toThrow("There is no backup.");
      expect(bench.store.asked).not.toContain("restore");
    },
  );

  test("refuses, before anything is changed, what a server now reads otherwise", async () => {
    const keeper = bench.start();
    await keeper.back("request");
    bench.store.verify = () => Promise.resolve({ entries: "2" });
    await expect(keeper.restore("latest")).rejects.toThrow(
      "is not what it was, and nothing was changed: entries: 2 instead of 3.",
    );
    expect(bench.store.asked).not.toContain("restore");
  });

  test("says where what was restored differs", async () => {
    const keeper = bench.start();
    await keeper.back("request");
    const restore = bench.store.restore.bind(bench.store);
    bench.store.restore = async (file) => ({ ...(await restore(file)), entries: "2" });
    await expect(keeper.restore("latest")).rejects.toThrow(
      /^The datastore differs .*: entries: 2 instead of 3\.$/,
    );
  });
});
