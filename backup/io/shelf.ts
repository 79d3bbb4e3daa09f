import { rm, writeFile } from "node:fs/promises";
import { contentName, parseName, recordName, timeOf, type BackupRecord } from "../record";
import { chooseRemovals, type Keep } from "../retention";
import { readText, type Place } from "./place";

/** The backups of a datastore, with what is known of them. */
export interface Shelf {
  /** All of them, the newest first. */
  list(): Promise<BackupRecord[]>;
  /** Makes a backup one that counts. */
  add(record: BackupRecord): Promise<void>;
  /** Removes what need not be kept, and what interrupted attempts have left; gives the ids. */
  tidy(keep: Keep): Promise<string[]>;
}

/** Time after which content without a record is nobody's any more. */
const orphanMilliseconds = 24 * 60 * 60 * 1000;

/** Opens the backups in a place; `temporary` is a file to write to. */
export function openShelf(place: Place, temporary: string): Shelf {
  // What is known of a backup never changes.
  const known = new Map<string, BackupRecord>();
  const list = async (): Promise<BackupRecord[]> => {
    const names = (await place.list()).flatMap((name) => parseName(name) ?? []);
    const stored = new Set(names.filter(({ kind }) => kind === "content").map(({ id }) => id));
    const ids = names.filter(({ kind, id }) => kind === "record" && stored.has(id)).map(({ id }) => id);
    const records: BackupRecord[] = [];
    for (const id of ids.sort().reverse()) {
      const record = known.get(id) ?? parseRecord(id, await readText(place, recordName(id)));
      if (record === undefined) continue;
      known.set(id, record);
      records.push(record);
    }
    return records;
  };
  return {
    list,
    add: async (record) => {
      await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
      try {
        await place.put(recordName(record.id), temporary);
      } finally {
        await rm(temporary, { force: true });
      }
      known.set(record.id, record);
    },
    tidy: async (keep) => {
      const removals = chooseRemovals(await list(), keep, Date.now());
      for (const { id } of removals) {
        // In this order: a backup without its record is none.
        await place.remove(recordName(id));
        await place.remove(contentName(id));
      }
      const names = (await place.list()).flatMap((name) => parseName(name) ?? []);
      const recorded = new Set(names.filter(({ kind }) => kind === "record").map(({ id }) => id));
      for (const { id, kind } of names) {
        const isOrphan = kind === "content" && !recorded.has(id);
        if (isOrphan && Date.now() - timeOf(id) > orphanMilliseconds) await place.remove(contentName(id));
      }
      return removals.map(({ id }) => id);
    },
  };
}

/** Reads a record; undefined when it cannot be read, or is another one's. */
function parseRecord(id: string, text: string): BackupRecord | undefined {
  try {
    const record = JSON.parse(text) as BackupRecord;
    return record.id === id ? record : undefined;
  } catch {
    return undefined;
  }
}
