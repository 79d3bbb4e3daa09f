import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Counts } from "../../../backup/counts";
import type { Dumper } from "../../../backup/io/dumper";
import { Failure } from "../../../backup/io/failure";

/** A datastore whose data are one text, each line an entry. */
export interface FakeStore extends Dumper {
  data: string;
  /** What fails with which words. */
  faults: Partial<Record<"dump" | "verify" | "restore", string>>;
  /** Runs before a dump is given. */
  beforeDump: () => Promise<void> | void;
  /** What was asked, in order. */
  asked: string[];
}

/** Makes a datastore without a server, beside a folder that is shared with it. */
export function makeStore(folder: string): FakeStore {
  const live = join(folder, "live");
  const locate = (file: string): string => join(folder, "work", file);
  mkdirSync(join(folder, "work"), { recursive: true });
  const store: FakeStore = {
    data: "",
    faults: {},
    beforeDump: () => undefined,
    asked: [],
    locate,
    isAlive: () => Promise.resolve(true),
    dump: async (file) => {
      note("dump");
      await store.beforeDump();
      writeFileSync(live, store.data);
      copyFileSync(live, locate(file));
      return count(store.data);
    },
    verify: (file) =>
      Promise.resolve().then(() => (note("verify"), count(readFileSync(locate(file), "utf8")))),
    count: () => Promise.resolve(count(store.data)),
    restore: (file) =>
      Promise.resolve().then(() => {
        note("restore");
        store.data = readFileSync(locate(file), "utf8");
        return count(store.data);
      }),
    clear: () => {
      for (const name of readdirSync(join(folder, "work"))) rmSync(locate(name));
      return Promise.resolve();
    },
  };
  const note = (verb: "dump" | "verify" | "restore"): void => {
    store.asked.push(verb);
    const { [verb]: fault } = store.faults;
    if (fault !== undefined) throw new Failure(fault);
  };
  return store;
}

function count(text: string): Counts {
  return { entries: String(text === "" ? 0 : text.split("\n").length) };
}
