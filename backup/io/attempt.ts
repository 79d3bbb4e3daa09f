import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { compareDump, type Counts } from "../counts";
import { fingerprint } from "../encryption";
import { signRecord } from "../record-signature";
import { contentName, makeId, type BackupRecord, type Reason } from "../record";
import type { BackupSettings } from "../settings";
import type { Dumper } from "./dumper";
import { explain, Failure } from "./failure";
import { pack, unpack, type Measures } from "./packing";
import type { Place } from "./place";
import type { Shelf } from "./shelf";

/** The tools that backups are made with. */
export interface Workshop {
  settings: BackupSettings;
  dumper: Dumper;
  place: Place;
  shelf: Shelf;
  /** The key that records are signed and backups encrypted with, and then others that older ones may have. */
  keys: [string, ...string[]];
}

/** The key that new backups are encrypted with; undefined where they are not. */
function chooseKey({ settings, keys: [key] }: Workshop): string | undefined {
  return settings.encrypt ? key : undefined;
}

/** Makes a backup, checks what is stored, and then removes older ones that need not be kept. */
export async function takeBackup(workshop: Workshop, reason: Reason): Promise<BackupRecord> {
  const { settings, dumper, shelf, keys } = workshop;
  const key = chooseKey(workshop);
  const begun = new Date();
  const id = makeId(begun, randomBytes(3).toString("hex"));
  await dumper.clear();
  const dumped = await step("The datastore cannot be dumped", () => dumper.dump(id));
  const measures = await store(workshop, id);
  const checked = await check(workshop, { id, ...measures }, dumped);
  const unsigned: BackupRecord = {
    ...{ id, store: settings.store, engine: settings.engine, reason },
    takenAt: begun.toISOString(),
    seconds: Math.round((Date.now() - begun.getTime()) / 100) / 10,
    ...measures,
    ...(key === undefined ? {} : { key: fingerprint(key) }),
    counts: checked.counts,
    verified: settings.verify && checked.fault === undefined,
    ...(checked.fault === undefined ? {} : { fault: checked.fault }),
  };
  const record = signRecord(unsigned, keys[0]);
  await step("The backup cannot be recorded", () => shelf.add(record));
  if (record.fault !== undefined) throw new Failure(`The backup ${id} is not good. ${record.fault}`);
  await step(`The backup ${id} is there, but older ones cannot be removed`, () => shelf.tidy(settings.keep));
  return record;
}

async function store(workshop: Workshop, id: string): Promise<Measures> {
  const { dumper, place } = workshop;
  const packed = `${id}.packed`;
  const measures = await step("The dump cannot be packed", () =>
    pack(dumper.locate(id), dumper.locate(packed), id, chooseKey(workshop)),
  );
  await rm(dumper.locate(id));
  await step("The backup cannot be stored", () => place.put(contentName(id), dumper.locate(packed)));
  await rm(dumper.locate(packed));
  return measures;
}

/** Reads back what is stored, and tries it out where that is asked for. */
async function check(
  workshop: Workshop,
  stored: Pick<BackupRecord, "id"> & Measures,
  dumped: Counts,
): Promise<{ counts: Counts; fault?: string }> {
  const { settings, dumper, place } = workshop;
  const file = `${stored.id}.check`;
  try {
    await unpack(await place.open(contentName(stored.id)), dumper.locate(file), stored, chooseKey(workshop));
    if (!settings.verify) return { counts: dumped };
    const counts = await dumper.verify(file);
    const differences = compareDump(dumped, counts);
    if (differences.length === 0) return { counts };
    return { counts, fault: `A server that was started from it has ${differences.join("; ")}.` };
  } catch (error) {
    return { counts: dumped, fault: explain(error) };
  } finally {
    await rm(dumper.locate(file), { force: true });
  }
}

/** Does a part of the work, and says which part it was when it fails. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(`${what}: ${explain(error)}`, { cause: error });
  }
}
