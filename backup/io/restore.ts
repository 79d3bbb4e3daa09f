import { rm } from "node:fs/promises";
import { compareDump, compareRestored } from "../counts";
import { findKey, fingerprint } from "../encryption";
import { contentName, type BackupRecord } from "../record";
import { judgeRecord } from "../record-signature";
import { isGood } from "../retention";
import type { BackupSettings } from "../settings";
import { step, type Workshop } from "./attempt";
import { Failure } from "./failure";
import { unpack } from "./packing";
import type { Restored } from "../answers";

/** Puts a backup in the place of what is in the datastore; before that, it is tried out on another server. */
export async function restoreBackup(workshop: Workshop, wanted: string): Promise<Restored> {
  const { settings, dumper, place, shelf, keys } = workshop;
  const begun = Date.now();
  const record = chooseBackup(await shelf.list(), wanted, keys, settings);
  await dumper.clear();
  const file = `${record.id}.restore`;
  try {
    const stored = await step("The backup cannot be read", () => place.open(contentName(record.id)));
    await unpack(stored, dumper.locate(file), record, findKey(keys, record.key));
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

type Own = Pick<BackupSettings, "store" | "engine" | "encrypt" | "place">;

/** Finds the backup that is meant, and refuses one that cannot be used. */
export function chooseBackup(
  records: BackupRecord[],
  wanted: string,
  keys: string[],
  settings: Own,
): BackupRecord {
  const { store, engine } = settings;
  const own = records.filter(
    (record) => record.store === store && record.engine === engine && isGood(record),
  );
  const record =
    wanted === "latest" ? findLatest(own, keys, settings) : records.find(({ id }) => id === wanted);
  if (record === undefined) {
    const good = own.map(({ id }) => id);
    const list = good.length === 0 ? "There is no backup." : `The backups are:\n  ${good.join("\n  ")}`;
    const rule =
      good.length === 0 ? "" : "No backup is signed or encrypted with a key of this datastore: name one. ";
    throw new Failure(
      wanted === "latest" ? `${rule}${list}` : `There is no backup ${JSON.stringify(wanted)}. ${list}`,
    );
  }
  if (record.store !== store || record.engine !== engine)
    throw new Failure(
      `The backup ${record.id} is of the datastore ${record.store} (${record.engine}), and this is ${store} (${engine}). Name one of its own.`,
    );
  if (judgeRecord(record, keys) === "changed")
    throw new Failure(
      `The record of the backup ${record.id} was changed after it was written, so that nothing of it can be believed. Nothing was changed. Find out who can write where the backups are, and name another one.`,
    );
  if (record.fault !== undefined)
    throw new Failure(`The backup ${record.id} failed its check and cannot be restored. ${record.fault}`);
  if (record.key !== undefined && findKey(keys, record.key) === undefined)
    throw new Failure(
      `The backup ${record.id} is encrypted with the key of fingerprint ${record.key}, but those at hand have ${keys.map(fingerprint).join(", ")}. Give that key as backup.encryptionKey, and deploy.`,
    );
  return record;
}

/**
 * The latest is one that nobody else can have put there: its record is signed, or it is encrypted. Others of a place that the
 * engine's host has count while there is none: who can write there can do more than that.
 */
function findLatest(own: BackupRecord[], keys: string[], { encrypt, place }: Own): BackupRecord | undefined {
  const sure = own.find(
    (record) => judgeRecord(record, keys) !== "unknown" || findKey(keys, record.key) !== undefined,
  );
  return sure ?? (encrypt || "s3" in place ? undefined : own[0]);
}

function refuseDifferences(what: string, differences: string[]): void {
  if (differences.length > 0) throw new Failure(`${what}: ${differences.join("; ")}.`);
}
