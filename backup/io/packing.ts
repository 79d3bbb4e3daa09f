import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { PassThrough, Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { decrypt, encrypt, Tampered } from "../encryption";
import type { BackupRecord } from "../record";
import { Failure } from "./failure";

/** Sizes and checksums of a dump, and of how it is stored. */
export type Measures = Pick<BackupRecord, "size" | "sha256" | "storedSize" | "storedSha256">;

/** Compresses and encrypts a dump into another file. */
export async function pack(
  dump: string,
  stored: string,
  id: string,
  key: string | undefined,
): Promise<Measures> {
  const before = new Meter();
  const after = new Meter();
  await pipeline(
    createReadStream(dump),
    before,
    createGzip({ level: 4 }),
    key === undefined ? new PassThrough() : encrypt(key, id),
    after,
    createWriteStream(stored, { flags: "w", mode: 0o600 }),
  );
  return toMeasures(before, after);
}

/** The dump again, out of what is stored; fails where it is not what was packed. */
export async function unpack(
  stored: Readable,
  dump: string,
  record: Pick<BackupRecord, "id"> & Measures,
  key: string | undefined,
): Promise<void> {
  const after = new Meter();
  const before = new Meter();
  try {
    await pipeline(
      stored,
      after,
      key === undefined ? new PassThrough() : decrypt(key, record.id),
      createGunzip(),
      before,
      createWriteStream(dump, { flags: "w", mode: 0o600 }),
    );
  } catch (error) {
    if (error instanceof Tampered) throw new Failure(`What is stored is damaged. ${error.message}`);
    if (isZlibError(error)) throw new Failure("What is stored is damaged: it cannot be decompressed.");
    throw error;
  }
  const found = toMeasures(before, after);
  if (found.sha256 !== record.sha256 || found.storedSha256 !== record.storedSha256)
    throw new Failure(
      `What is stored is damaged: ${found.storedSize} bytes with the checksum ${found.storedSha256} instead of ${record.storedSize} with ${record.storedSha256}.`,
    );
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

function toMeasures(dump: Meter, stored: Meter): Measures {
  return {
    ...{ size: dump.bytes, sha256: dump.digest() },
    ...{ storedSize: stored.bytes, storedSha256: stored.digest() },
  };
}

/** Counts and sums up what passes. */
class Meter extends Transform {
  bytes = 0;
  readonly #hash = createHash("sha256");

  override _transform(
    chunk: Buffer,
    _: BufferEncoding,
    callback: (error: null, chunk: Buffer) => void,
  ): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    callback(null, chunk);
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}
