import { rm } from "node:fs/promises";
import { compareDump, compareRestored } from "../counts";
import { fingerprint } from "../encryption";
import { contentName, type BackupRecord } from "../record";
import { isGood } from "../retention";
import { step, type Workshop } from "./attempt";
import { Failure } from "./failure";
import { unpack } from "./packing";
import type { Restored } from "../answers";

/** Puts a backup in the place of what is in the datastore; before that, it is tried out on another server. */
export async function restoreBackup(workshop: Workshop, wanted: string): Promise<Restored> {
  const { settings, dumper, place, shelf, key } = workshop;
  const begun = Date.now();
  const record = chooseBackup(await shelf.list(), wanted, key, settings);
  await dumper.clear();
  const file = `${record.id}.restore`;
  try {
    const stored = await step("The backup cannot be read", () => place.open(contentName(record.id)));
    // One of before the datastore had a key is as it was.
    await unpack(stored, dumper.locate(file), record, record.key === undefined ? undefined : key);
    const counts = await step("The backup cannot be used, and nothing was changed", () =>
      dumper.verify(file),
    );
    refuseDifferences(
      `The backup ${record.id} is not what it was, and nothing was changed`,
      compareDump(record.counts, counts),
    );
    const before = await step("The datastore cannot be counted", () => dumper.count());
    const after = await step("The backup cannot be restored", () => dumper.restore(file));
    refuseDifferences(`The datastore differs from the backup ${record.id}`, compareRestored(counts, after));
    const seconds = Math.round((Date.now() - begun) / 100) / 10;
    return { id: record.id, takenAt: record.takenAt, seconds, before, after };
  } finally {
    await rm(dumper.locate(file), { force: true });
  }
}

/**
 * Finds the backup that is meant, and refuses one that cannot be used. The latest is one that nobody else can have put there,
 * where there is a key; one without is named.
 */
export function chooseBackup(
  records: BackupRecord[],
  wanted: string,
  key: string | undefined,
  { store, engine }: Pick<BackupRecord, "store" | "engine">,
): BackupRecord {
  const own = records.filter(
    (record) => record.store === store && record.engine === engine && isGood(record),
  );
  const record =
    wanted === "latest"
      ? own.find((each) => key === undefined || each.key !== undefined)
      : records.find(({ id }) => id === wanted);
  if (record === undefined) {
    const good = own.map(({ id }) => id);
    const list = good.length === 0 ? "There is no backup." : `The backups are:\n  ${good.join("\n  ")}`;
    throw new Failure(wanted === "latest" ? list : `There is no backup ${JSON.stringify(wanted)}. ${list}`);
  }
  if (record.store !== store || record.engine !== engine)
    throw new Failure(
      `The backup ${record.id} is of the datastore ${record.store} (${record.engine}), and this is ${store} (${engine}). Name one of its own.`,
    );
  if (record.fault !== undefined)
    throw new Failure(`The backup ${record.id} failed its check and cannot be restored. ${record.fault}`);
  const fitting = key === undefined ? undefined : fingerprint(key);
  if (record.key !== undefined && record.key !== fitting) {
    const has = fitting === undefined ? "there is none" : `the one at hand has ${fitting}`;
    throw new Failure(
      `The backup ${record.id} is encrypted with the key of fingerprint ${record.key}, but ${has}. Give that key as backup.encryptionKey, and deploy.`,
    );
  }
  return record;
}

function refuseDifferences(what: string, differences: string[]): void {
  if (differences.length > 0) throw new Failure(`${what}: ${differences.join("; ")}.`);
}
