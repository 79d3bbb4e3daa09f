import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BackupRecord, contentName, recordName } from "../../backup/record";
import { key, type Options, useBench } from "./support/bench";

const bench = useBench();
const other = "another-key-of-forty-letters-that-was-made";

function changeRecord(id: string, change: (record: BackupRecord) => BackupRecord): void {
  const file = join(bench.backups, recordName(id));
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as BackupRecord)));
}

/** A record as earlier versions have written it. */
function unsign({ signature, ...record }: BackupRecord): BackupRecord {
  expect(signature?.hmac).toMatch(/^[0-9a-f]{64}$/);
  return record;
}

/** Ids tell seconds apart. */
async function later(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1100));
}

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
      `The backup ${id} is encrypted with the key of fingerprint ${fingerprint}, but those at hand have`,
    );
    await expect(bench.start().restore(id)).rejects.toThrow("Give that key as backup.encryptionKey");
  });

  test.each([
    ["the setting is as it was", {}],
    ["they are encrypted since", { key }],
    ["they are no longer encrypted", { generated: key }],
  ])("takes plain and encrypted ones while %s", async (_, now: Options) => {
    const { id: plain } = await bench.start().back("request");
    const { id: encrypted } = await bench.start({ key: "generated" in now ? key : other }).back("request");
    const keeper = bench.start("key" in now ? { key, generated: other } : { generated: other, ...now });
    await keeper.restore(plain);
    await keeper.restore(encrypted);
    expect(bench.store.asked.filter((verb) => verb === "restore")).toHaveLength(2);
  });

  test.each([
    ["encrypted now", { key }],
    ["elsewhere", { isRemote: true }],
  ])("takes one that is not signed by its name alone where they are %s", async (_, now) => {
    const { id } = await bench.start().back("request");
    changeRecord(id, unsign);
    await expect(bench.start(now).restore("latest")).rejects.toThrow(
      `No backup is signed or encrypted with a key of this datastore: name one. The backups are:\n  ${id}`,
    );
    expect(bench.store.asked).not.toContain("restore");
    await bench.start(now).restore(id);
    expect(bench.store.asked).toContain("restore");
    await later();
    const { id: signed } = await bench.start(now).back("request");
    await later();
    await bench.start({ generated: "another-key-that-somebody-else-has-got" }).back("request");
    expect(await bench.start(now).restore("latest")).toMatchObject({ id: signed });
  });

  test("takes the newest of before on the host itself, as long as none is signed", async () => {
    const { id } = await bench.start().back("request");
    changeRecord(id, unsign);
    expect(await bench.start().restore("latest")).toMatchObject({ id });
  });

  test.each<[string, (record: BackupRecord) => BackupRecord]>([
    ["its checksum", (record) => ({ ...record, storedSha256: "0".repeat(64) })],
    ["what it counts", (record) => ({ ...record, counts: { entries: "4" } })],
    ["its time", (record) => ({ ...record, takenAt: "2030-01-01T00:00:00Z" })],
    [
      "its signature",
      (record) => ({ ...record, signature: { key: record.signature?.key ?? "", hmac: "00" } }),
    ],
  ])("refuses one whose record was changed, be it %s", async (_, change) => {
    const keeper = bench.start();
    const { id } = await keeper.back("request");
    changeRecord(id, change);
    for (const wanted of ["latest", id])
      await expect(bench.start().restore(wanted)).rejects.toThrow(
        `The record of the backup ${id} was changed after it was written`,
      );
    expect(bench.store.asked).not.toContain("restore");
  });

  test("does not know a record that lies in the place of another", async () => {
    const keeper = bench.start();
    const { id } = await keeper.back("request");
    const other = id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const name of [contentName, recordName])
      copyFileSync(join(bench.backups, name(id)), join(bench.backups, name(other)));
    expect((await bench.start().list()).map((record) => record.id)).toEqual([id]);
  });

  test.each([{ store: "orders" }, { engine: "postgres" }])(
    "refuses one of another datastore: %j",
    async (other) => {
      const { id } = await bench.start().back("request");
      changeRecord(id, (record) => ({ ...record, ...other }));
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
