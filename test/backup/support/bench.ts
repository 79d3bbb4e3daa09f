import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { parseSchedule, type Schedule } from "../../../backup/cron";
import type { Workshop } from "../../../backup/io/attempt";
import { openFolder } from "../../../backup/io/folder-place";
import { type Keeper, startKeeper } from "../../../backup/io/keeper";
import { openShelf } from "../../../backup/io/shelf";
import { makeFolder } from "../../support/folders";
import { type FakeStore, makeStore } from "./fake-dumper";

/** A key for backups. */
export const key = "a-key-of-thirty-two-letters-or-more";

/** How a keeper is told to work. */
export interface Options {
  key?: string;
  verify?: boolean;
  keep?: { count?: number; days?: number };
}

/** A datastore with entries, and a folder for its backups. */
export interface Bench {
  folder: string;
  backups: string;
  store: FakeStore;
  /** Starts a keeper, as each start of its container does. */
  start(options?: Options): Keeper;
}

/** Gives each test of a file a bench of its own. */
export function useBench(): Bench {
  const bench = { start } as Bench;
  beforeEach(() => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    bench.folder = makeFolder();
    bench.backups = join(bench.folder, "backups");
    bench.store = makeStore(bench.folder);
    bench.store.data = "one\ntwo\nthree";
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  return bench;

  function start({ key, verify = true, keep = { count: 3 } }: Options = {}): Keeper {
    const { folder, backups, store } = bench;
    const place = openFolder(backups);
    const settings = {
      ...{ store: "cache", engine: "redis", schedule: "0 3 * * *", place: { folder: backups } },
      ...{ keep, verify, encrypt: key !== undefined },
    };
    const shelf = openShelf(place, join(folder, "record"));
    const workshop: Workshop = { settings, place, shelf, dumper: store, key };
    return startKeeper(workshop, parseSchedule(settings.schedule) as Schedule, join(folder, "history.json"));
  }
}
