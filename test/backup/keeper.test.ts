import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { contentName, recordName } from "../../backup/record";
import { key, useBench } from "./support/bench";

const bench = useBench();

describe("a backup", () => {
  test("is stored, read back, tried out and known by what is in it", async () => {
    const keeper = bench.start();
    const record = await keeper.back("request");
    expect(record).toMatchObject({
      ...{ store: "cache", engine: "redis", reason: "request", size: 13, counts: { entries: "3" } },
      verified: true,
    });
    expect(record).not.toHaveProperty("fault");
    expect(record).not.toHaveProperty("key");
    expect(bench.store.asked).toEqual(["dump", "verify"]);
    expect(await keeper.list()).toEqual([record]);
    expect(readdirSync(bench.backups).sort()).toEqual([contentName(record.id), recordName(record.id)]);
    expect(readdirSync(join(bench.folder, "work"))).toEqual([]);
  });

  test("is not to be read where it is encrypted, and says which key it has", async () => {
    const record = await bench.start({ key }).back("request");
    expect(record.key).toMatch(/^[0-9a-f]{12}$/);
    expect(readFileSync(join(bench.backups, contentName(record.id)), "latin1")).toMatch(
      /^flotilla backup 1\n/,
    );
  });

  test("is only read back where that is asked for", async () => {
    const record = await bench.start({ verify: false }).back("request");
    expect(record).toMatchObject({ verified: false, counts: { entries: "3" } });
    expect(bench.store.asked).toEqual(["dump"]);
  });

  test("fails where the datastore cannot be dumped, and leaves nothing", async () => {
    bench.store.faults.dump = "it is full";
    const keeper = bench.start();
    await expect(keeper.back("request")).rejects.toThrow("The datastore cannot be dumped: it is full");
    expect(await keeper.list()).toEqual([]);
    expect((await keeper.situation()).history).toMatchObject({
      failures: 1,
      last: { fault: "The datastore cannot be dumped: it is full" },
    });
  });

  test("is known as one that is not good where no server can be started from it", async () => {
    bench.store.faults.verify = "it cannot be read";
    const keeper = bench.start();
    await expect(keeper.back("request")).rejects.toThrow(/^The backup \S+ is not good. it cannot be read$/);
    expect(await keeper.list()).toMatchObject([{ verified: false, fault: "it cannot be read" }]);
  });

  test("is not good where a server that was started from it has something else", async () => {
    bench.store.verify = () => Promise.resolve({ entries: "2" });
    const keeper = bench.start();
    await expect(keeper.back("request")).rejects.toThrow(
      "A server that was started from it has entries: 2 instead of 3.",
    );
    expect(await keeper.list()).toMatchObject([{ verified: false }]);
  });

  test("is never made while another one is", async () => {
    const keeper = bench.start();
    let running = 0;
    let most = 0;
    bench.store.beforeDump = async () => {
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
    const keeper = bench.start({ keep: { count: 1 } });
    const first = await keeper.back("request");
    bench.store.faults.verify = "it cannot be read";
    await expect(keeper.back("request")).rejects.toThrow("is not good");
    expect((await keeper.list()).map(({ id }) => id)).toContain(first.id);
    delete bench.store.faults.verify;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const last = await keeper.back("request");
    expect((await keeper.list()).map(({ id }) => id)).toEqual([last.id]);
    expect(readdirSync(bench.backups)).toHaveLength(2);
  });

  test("that was interrupted does not count, and is removed after a day", async () => {
    const keeper = bench.start();
    const { id } = await keeper.back("request");
    rmSync(join(bench.backups, recordName(id)));
    const old = "20200101T030000Z-abcdef";
    writeFileSync(join(bench.backups, contentName(old)), "half");
    expect(await keeper.list()).toEqual([]);
    const next = await keeper.back("request");
    expect(readdirSync(bench.backups).sort()).toEqual(
      [contentName(id), contentName(next.id), recordName(next.id)].sort(),
    );
  });
});

describe("the schedule", () => {
  const at = (time: string): void => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
  };

  test("has nothing due that was due before the first start", async () => {
    at("2026-11-21T10:00:00Z");
    await bench.start().tick();
    expect(bench.store.asked).toEqual([]);
  });

  test("makes one backup when it is due, and one alone", async () => {
    at("2026-11-21T02:59:00Z");
    const keeper = bench.start();
    await keeper.tick();
    expect(await keeper.list()).toEqual([]);
    at("2026-11-21T03:00:01Z");
    await keeper.tick();
    await keeper.tick();
    expect(await keeper.list()).toMatchObject([{ reason: "schedule", takenAt: "2026-11-21T03:00:01.000Z" }]);
  });

  test("makes up once for what was missed", async () => {
    at("2026-11-21T02:59:00Z");
    bench.start();
    at("2026-11-25T10:00:00Z");
    const keeper = bench.start();
    await keeper.tick();
    await keeper.tick();
    expect(await keeper.list()).toMatchObject([{ takenAt: "2026-11-25T10:00:00.000Z" }]);
  });

  test("tries again what failed, twice within the hour, and then when it is due again", async () => {
    at("2026-11-21T02:59:00Z");
    let keeper = bench.start();
    bench.store.faults.dump = "it is full";
    const dumps = async (time: string): Promise<number> => {
      at(`2026-11-21T${time}Z`);
      await keeper.tick();
      await keeper.tick();
      return bench.store.asked.length;
    };
    expect(await dumps("03:00:01")).toBe(1);
    expect(await dumps("03:19:00")).toBe(1);
    keeper = bench.start();
    expect(await dumps("03:20:02")).toBe(2);
    expect(await dumps("03:40:03")).toBe(3);
    expect(await dumps("23:00:00")).toBe(3);
    expect((await keeper.situation()).history.failures).toBe(3);
    at("2026-11-22T03:00:01Z");
    delete bench.store.faults.dump;
    await keeper.tick();
    expect(await keeper.list()).toHaveLength(1);
  });

  test("makes up for one that failed by the next one within the hour, and then by no other", async () => {
    at("2026-11-21T02:59:00Z");
    const keeper = bench.start();
    bench.store.faults.dump = "it is gone for a moment";
    at("2026-11-21T03:00:01Z");
    await keeper.tick();
    delete bench.store.faults.dump;
    at("2026-11-21T03:20:02Z");
    await keeper.tick();
    at("2026-11-21T03:50:00Z");
    await keeper.tick();
    expect(await keeper.list()).toMatchObject([{ takenAt: "2026-11-21T03:20:02.000Z" }]);
  });

  test("tries again what was interrupted, once", async () => {
    at("2026-11-21T02:59:00Z");
    bench.start();
    at("2026-11-21T03:00:01Z");
    bench.store.beforeDump = () => new Promise(() => undefined);
    for (let starts = 0; starts < 4; starts++) {
      void bench.start().tick();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(bench.store.asked).toEqual(["dump", "dump"]);
    at("2026-11-22T03:00:01Z");
    bench.store.beforeDump = () => undefined;
    const keeper = bench.start();
    await keeper.tick();
    expect(await keeper.list()).toHaveLength(1);
  });
});

test("says what keeps it from making backups", async () => {
  const keeper = bench.start();
  expect(await keeper.findFault()).toBeUndefined();
  bench.store.isAlive = () => Promise.resolve(false);
  expect(await keeper.findFault()).toBe("The container that dumps the datastore does not run.");
  bench.store.isAlive = () => Promise.resolve(true);
  rmSync(bench.backups, { recursive: true, force: true });
  writeFileSync(bench.backups, "no folder");
  const other = bench.start();
  expect(await other.findFault()).toContain("The place of the backups cannot be read");
});
