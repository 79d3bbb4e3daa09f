import { randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseCounts, type Counts } from "../counts";
import { Failure } from "./failure";

/** The container beside this one, which has the tools of the datastore. */
export interface Dumper {
  /** Dumps the datastore into a file, and tells what is in it. */
  dump(file: string): Promise<Counts>;
  /** Starts a server with a dump, and tells what is in it. */
  verify(file: string): Promise<Counts>;
  /** Counts what is in the datastore. */
  count(): Promise<Counts>;
  /** Puts a dump in the place of what is in the datastore; what is in it then, before others write to it. */
  restore(file: string): Promise<Counts>;
  isAlive(): Promise<boolean>;
  /** Path of a file that both containers have. */
  locate(file: string): string;
  /** Removes such files. */
  clear(): Promise<void>;
}

const pauseMilliseconds = 200;
const silentMilliseconds = 60_000;

/** Asks by files in a folder that both containers have. */
export function openDumper(staging: string): Dumper {
  const isAlive = async (): Promise<boolean> => {
    try {
      return Date.now() - (await stat(join(staging, "alive"))).mtimeMs < silentMilliseconds;
    } catch {
      return false;
    }
  };
  const ask = async (verb: string, file: string): Promise<Counts> => {
    const id = randomBytes(6).toString("hex");
    const request = join(staging, "requests", id);
    const result = join(staging, "results", id);
    try {
      await writeFile(`${request}.part`, `${verb} ${file}\n`);
      await rename(`${request}.part`, request);
      for (;;) {
        const code = await readIfThere(`${result}.code`);
        if (code === "0\n") return parseCounts(await readFile(`${result}.out`, "utf8"));
        if (code !== undefined) {
          const said = (await readIfThere(`${result}.err`))?.trim() ?? "";
          throw new Failure(said === "" ? `It ended with exit code ${code.trim()}.` : lastLines(said));
        }
        if (!(await isAlive())) throw new Failure("The container that dumps the datastore does not run.");
        await wait(pauseMilliseconds);
      }
    } finally {
      await rm(request, { force: true });
      for (const ending of [".code", ".out", ".err"]) await rm(result + ending, { force: true });
    }
  };
  return {
    dump: (file) => ask("dump", file),
    verify: (file) => ask("verify", file),
    count: () => ask("count", "-"),
    restore: (file) => ask("restore", file),
    isAlive,
    locate: (file) => join(staging, "work", file),
    clear: async () => {
      for (const file of await readdir(join(staging, "work"))) await rm(join(staging, "work", file));
    },
  };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

function lastLines(text: string): string {
  return text.split("\n").slice(-10).join("\n");
}
