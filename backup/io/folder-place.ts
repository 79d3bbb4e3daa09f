import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "./place";

const unfinished = ".part";

/** A folder of a volume or of the host. */
export function openFolder(folder: string): Place {
  return {
    list: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const names = await readdir(folder);
      return names.filter((name) => !name.endsWith(unfinished));
    },
    put: async (name, file) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeUnfinished(folder);
      const temporary = join(folder, name + unfinished);
      await copyFile(file, temporary);
      await sync(temporary);
      await rename(temporary, join(folder, name));
      await sync(folder);
    },
    open: (name) =>
      new Promise((resolve, reject) => {
        const stream = createReadStream(join(folder, name));
        stream.once("open", () => {
          resolve(stream);
        });
        stream.once("error", reject);
      }),
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

/** Removes what an interrupted attempt has left. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((each) => each.endsWith(unfinished))) await rm(join(folder, name));
}

/** Waits until it is on the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
