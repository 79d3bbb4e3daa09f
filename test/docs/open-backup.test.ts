import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { pack } from "../../backup/io/packing";
import { contentName } from "../../backup/record";
import { makeFolder } from "../support/folders";

const page = readFileSync(join(resolve(__dirname, "../.."), "docs/backups.md"), "utf8");
const script = /```js\n(import \{ createDecipheriv[^]*?)```/.exec(page)?.[1] ?? "";
const id = "20261121T030000Z-1a2b3c";
const key = "a-key-of-thirty-two-letters-or-more";

/** Packs a dump of random bytes, which cannot be compressed. */
async function store(size: number, secret: string | undefined) {
  const folder = makeFolder();
  const dump = randomBytes(size);
  writeFileSync(join(folder, "live"), dump);
  await pack(join(folder, "live"), join(folder, contentName(id)), id, secret);
  return { folder, dump, file: join(folder, contentName(id)) };
}

test.each([0, 10, 65_536, 200_000])(
  "a backup of %d bytes is opened as the page says, by Node.js alone",
  async (size) => {
    const { folder, dump, file } = await store(size, key);
    writeFileSync(join(folder, "open.mjs"), script);
    const env = { PATH: process.env.PATH, BACKUP_KEY: key };
    execFileSync(process.execPath, [join(folder, "open.mjs"), file, join(folder, "dump")], { env });
    expect(readFileSync(join(folder, "dump")).equals(dump)).toBe(true);
  },
);

test("a plain one is gzip", async () => {
  const { dump, file } = await store(1000, undefined);
  expect(gunzipSync(readFileSync(file)).equals(dump)).toBe(true);
});
