import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const folder = join(process.env.DATA ?? "/data", "receipts");

/** Files in the volume that all replicas share. */
export async function openReceipts() {
  await mkdir(folder, { recursive: true });
  return {
    // Each file is complete before it has its name, and no two replicas write the same one.
    write: async (receipt) => {
      const file = join(folder, `${receipt.id}.json`);
      await writeFile(`${file}.new`, JSON.stringify(receipt));
      await rename(`${file}.new`, file);
    },
    /** Reads one; undefined when there is none. */
    read: async (id) => {
      if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
      const text = await readFile(join(folder, `${id}.json`), "utf8").catch(() => undefined);
      return text === undefined ? undefined : JSON.parse(text);
    },
  };
}
