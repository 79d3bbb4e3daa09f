import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseSchedule, type Schedule } from "../../backup/cron";
import type { Workshop } from "../../backup/io/attempt";
import { openFolder } from "../../backup/io/folder-place";
import { type Keeper, startKeeper } from "../../backup/io/keeper";
import { openShelf } from "../../backup/io/shelf";
import { contentName, recordName } from "../../backup/record";
import { makeFolder } from "../support/folders";
import { type FakeStore, makeStore } from "./support/fake-dumper";

const key = "a-key-of-thirty-two-letters-or-more";
let folder: string;
let backups: string;
let store: FakeStore;

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  folder = makeFolder();
  backups = join(folder, "backups");
  store = makeStore(folder);
  store.data = "one\ntwo\nthree";
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

interface Options {
  key?: string;
  verify?: boolean;
  keep?: { count?: number; days?: number };
}

function start({ key, verify = true, keep = { count: 3 } }: Options = {}): Keeper {
  const place = openFolder(backups);
  const settings = {
    ...{ store: "cache", engine: "redis", schedule: "0 3 * * *", place: { folder: backups } },
    ...{ keep, verify, encrypt: key !== undefined },
  };
  const shelf = openShelf(place, join(folder, "record"));
  const workshop: Workshop = { settings, place, shelf, dumper: store, key };
  return startKeeper(workshop, parseSchedule(settings.schedule) as Schedule, join(folder, "history.json"));
}

describe("a backup", () => {
  test("is stored, read back, tried out and known by what is in it", async () => {
    const keeper = start();
    const record = await keeper.back("request");
    expect(record).toMatchObject({
      ...{ store: "cache", engine: "redis", reason: "request", size: 13, counts: { entries: "3" } },
      verified: true,
    });
    expect(record).not.toHaveProperty("fault");
    expect(record).not.toHaveProperty("key");
    expect(store.asked).toEqual(["dump", "verify"]);
    expect(await keeper.list()).toEqual([record]);
    expect(readdirSync(backups).sort()).toEqual([contentName(record.id), recordName(record.id)]);
    expect(readdirSync(join(folder, "work"))).toEqual([]);
  });

  test("is not to be read where it is encrypted, and says which key it has", async () => {
    const record = await start({ key }).back("request");
    expect(record.key).toMatch(/^[0-9a-f]{12}$/);
    expect(readFileSync(join(backups, contentName(record.id)), "latin1")).toMatch(/^flotilla backup 1\n/);
  });

  test("is only read back where that is asked for", async () => {
    const record = await start({ verify: false }).back("request");
    expect(record).toMatchObject({ verified: false, counts: { entries: "3" } });
    expect(store.asked).toEqual(["dump"]);
  });

  test("fails where the datastore cannot be dumped, and leaves nothing", async () => {
    store.faults.dump = "it is full";
    const keeper = start();
    await expect(keeper.back("request")).rejects.toThrow("The datastore cannot be dumped: it is full");
    expect(await keeper.list()).toEqual([]);
    expect((await keeper.situation()).history).toMatchObject({
      failures: 1,
      last: { fault: "The datastore cannot be dumped: it is full" },
    });
  });

  test("is known as one that is not good where no server can be started from it", async () => {
    store.faults.verify = "it cannot be read";
    const keeper = start();
    await expect(keeper.back("request")).rejects.toThrow(/^The backup \S+ is not good. it cannot be read$/);
    expect(await keeper.list()).toMatchObject([{ verified: false, fault: "it cannot be read" }]);
  });

  test("is not good where a server that was started from it has something else", async () => {
    store.verify = () => Promise.resolve({ entries: "2" });
    const keeper = start();
    await expect(keeper.back("request")).rejects.toThrow(
      "A server that was started from it has entries: 2 instead of 3.",
    );
    expect(await keeper.list()).toMatchObject([{ verified: false }]);
  });

  test("is never made while another one is", async () => {
    const keeper = start();
    let running = 0;
    let most = 0;
    store.beforeDump = async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
    };
    const records = await Promise.all([
      keeper.back("request"),
      keeper.back("deployment"),
      keeper.back("request"),
    ]);
    expect(most).toBe(1);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
  });

  test("removes older ones only when it is good itself", async () => {
    const keeper = start({ keep: { count: 1 } });
    const first = await keeper.back("request");
    store.faults.verify = "it cannot be read";
    await expect(keeper.back("request")).rejects.toThrow("is not good");
    expect((await keeper.list()).map(({ id }) => id)).toContain(first.id);
    delete store.faults.verify;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const last = await keeper.back("request");
    expect((await keeper.list()).map(({ id }) => id)).toEqual([last.id]);
    expect(readdirSync(backups)).toHaveLength(2);
  });

  test("that was interrupted does not count, and is removed after a day", async () => {
    const keeper = start();
    const { id } = await keeper.back("request");
    rmSync(join(backups, recordName(id)));
    const old = "20200101T030000Z-abcdef";
    writeFileSync(join(backups, contentName(old)), "half");
    expect(await keeper.list()).toEqual([]);
    const next = await keeper.back("request");
    expect(readdirSync(backups).sort()).toEqual(
      [contentName(id), contentName(next.id), recordName(next.id)].sort(),
    );
  });
});

describe("a restore", () => {
  test.each([[undefined], [key]])("puts back what was there (key %s)", async (secret) => {
    const keeper = start(secret === undefined ? {} : { key: secret });
    const { id } = await keeper.back("request");
    store.data = "something else";
    expect(await keeper.restore("latest")).toMatchObject({
      id,
      before: { entries: "1" },
      after: { entries: "3" },
    });
    expect(store.data).toBe("one\ntwo\nthree");
    expect(store.asked.slice(-2)).toEqual(["verify", "restore"]);
  });

  test("refuses what there is not, with what there is", async () => {
    const keeper = start();
    await expect(keeper.restore("latest")).rejects.toThrow("There is no backup.");
    const { id } = await keeper.back("request");
    await expect(keeper.restore("20200101T030000Z-abcdef")).rejects.toThrow(
      `There is no backup "20200101T030000Z-abcdef". The backups are:\n  ${id}`,
    );
    expect(store.asked).not.toContain("restore");
  });

  test("refuses what failed its check", async () => {
    const keeper = start();
    store.faults.verify = "it cannot be read";
    await expect(keeper.back("request")).rejects.toThrow();
    const [record] = await keeper.list();
    await expect(keeper.restore(record?.id ?? "")).rejects.toThrow(
      "failed its check and cannot be restored. it cannot be read",
    );
    await expect(keeper.restore("latest")).rejects.toThrow("There is no backup.");
    expect(store.asked).not.toContain("restore");
  });

  test.each<[string, Options]>([
    ["plain", {}],
    ["encrypted", { key }],
  ])("refuses a %s backup that was damaged since", async (_, options) => {
    const keeper = start(options);
    const { id } = await keeper.back("request");
    appendFileSync(join(backups, contentName(id)), "x");
    await expect(keeper.restore(id)).rejects.toThrow("What is stored is damaged");
    expect(store.asked).not.toContain("restore");
  });

  test("refuses a backup of another key", async () => {
    const { id, key: fingerprint = "" } = await start({ key }).back("request");
    await expect(start({ key: `${key}2` }).restore(id)).rejects.toThrow(
      `The backup ${id} is encrypted with the key of fingerprint ${fingerprint}, but the one at hand has`,
    );
    await expect(start().restore(id)).rejects.toThrow("but there is none");
  });

  test("takes one of before there was a key by its name alone: anybody could have put it there", async () => {
    const { id } = await start().back("request");
    await expect(start({ key }).restore("latest")).rejects.toThrow(id);
    expect(store.asked).not.toContain("restore");
    await start({ key }).restore(id);
    expect(store.asked).toContain("restore");
    const { id: encrypted } = await start({ key }).back("request");
    await start().back("request");
    expect(await start({ key }).restore("latest")).toMatchObject({ id: encrypted });
  });

  test.each([{ store: "orders" }, { engine: "postgres" }])(
    "refuses one of another datastore: %j",
    async (other) => {
      const { id } = await start().back("request");
      const file = join(backups, recordName(id));
      const record = JSON.parse(readFileSync(file, "utf8")) as object;
      writeFileSync(file, JSON.stringify({ ...record, ...other }));
      await expect(start().restore(id)).rejects.toThrow(/^The backup \S+ is of the datastore /);
      await expect(start().restore("latest")).rejects.toThrow("There is no backup.");
      expect(store.asked).not.toContain("restore");
    },
  );

  test("refuses, before anything is changed, what a server now reads otherwise", async () => {
    const keeper = start();
    await keeper.back("request");
    store.verify = () => Promise.resolve({ entries: "2" });
    await expect(keeper.restore("latest")).rejects.toThrow(
      "is not what it was, and nothing was changed: entries: 2 instead of 3.",
    );
    expect(store.asked).not.toContain("restore");
  });

  test("says where what was restored differs", async () => {
    const keeper = start();
    await keeper.back("request");
    const restore = store.restore.bind(store);
    store.restore = async (file) => ({ ...(await restore(file)), entries: "2" });
    await expect(keeper.restore("latest")).rejects.toThrow(
      /^The datastore differs .*: entries: 2 instead of 3\.$/,
    );
  });
});

describe("the schedule", () => {
  const at = (time: string): void => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
  };

  test("has nothing due that was due before the first start", async () => {
    at("2026-11-21T10:00:00Z");
    await start().tick();
    expect(store.asked).toEqual([]);
  });

  test("makes one backup when it is due, and one alone", async () => {
    at("2026-11-21T02:59:00Z");
    const keeper = start();
    await keeper.tick();
    expect(await keeper.list()).toEqual([]);
    at("2026-11-21T03:00:01Z");
    await keeper.tick();
    await keeper.tick();
    expect(await keeper.list()).toMatchObject([{ reason: "schedule", takenAt: "2026-11-21T03:00:01.000Z" }]);
  });

  test("makes up once for what was missed", async () => {
    at("2026-11-21T02:59:00Z");
    start();
    at("2026-11-25T10:00:00Z");
    const keeper = start();
    await keeper.tick();
    await keeper.tick();
    expect(await keeper.list()).toMatchObject([{ takenAt: "2026-11-25T10:00:00.000Z" }]);
  });

  test("does not try again what failed before it is due again", async () => {
    at("2026-11-21T02:59:00Z");
    const keeper = start();
    store.faults.dump = "it is full";
    at("2026-11-21T03:00:01Z");
    await keeper.tick();
    await keeper.tick();
    expect(store.asked).toEqual(["dump"]);
    at("2026-11-22T03:00:01Z");
    delete store.faults.dump;
    await keeper.tick();
    expect(await keeper.list()).toHaveLength(1);
  });

  test("tries again what was interrupted, once", async () => {
    at("2026-11-21T02:59:00Z");
    start();
    at("2026-11-21T03:00:01Z");
    store.beforeDump = () => new Promise(() => undefined);
    for (let starts = 0; starts < 4; starts++) {
      void start().tick();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(store.asked).toEqual(["dump", "dump"]);
    at("2026-11-22T03:00:01Z");
    store.beforeDump = () => undefined;
    const keeper = start();
    await keeper.tick();
    expect(await keeper.list()).toHaveLength(1);
  });
});

test("says what keeps it from making backups", async () => {
  const keeper = start();
  expect(await keeper.findFault()).toBeUndefined();
  store.isAlive = () => Promise.resolve(false);
  expect(await keeper.findFault()).toBe("The container that dumps the datastore does not run.");
  store.isAlive = () => Promise.resolve(true);
  rmSync(backups, { recursive: true, force: true });
  writeFileSync(backups, "no folder");
  const other = start();
  expect(await other.findFault()).toContain("The place of the backups cannot be read");
});
