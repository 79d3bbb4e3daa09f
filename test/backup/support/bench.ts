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

/** The key that a datastore has where none is given. */
const generatedKey = "a-key-of-forty-letters-that-was-generated";

/** How a keeper is told to work. */
export interface Options {
  /** What backups are encrypted with. */
  key?: string;
  /** What their records are signed with where they are not. */
  generated?: string;
  /** Whether they lie where the engine's host is not. */
  isRemote?: boolean;
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

  function start({
    key,
    generated = generatedKey,
    isRemote = false,
    verify = true,
    keep = { count: 3 },
  }: Options = {}): Keeper {
    const { folder, backups, store } = bench;
    const place = openFolder(backups);
    const settings = {
      ...{ store: "cache", engine: "redis", schedule: "0 3 * * *" },
      place: isRemote ? { s3: { endpoint: "", region: "", bucket: "", prefix: "" } } : { folder: backups },
      ...{ keep, verify, encrypt: key !== undefined },
    };
    const shelf = openShelf(place, join(folder, "record"));
    const keys: Workshop["keys"] = key === undefined ? [generated] : [key, generated];
    const workshop: Workshop = { settings, place, shelf, dumper: store, keys };
    return startKeeper(workshop, parseSchedule(settings.schedule) as Schedule, join(folder, "history.json"));
  }
}
