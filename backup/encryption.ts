import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";

/**
 * AES-256-GCM in chunks, so that nothing of a damaged file is used before it is checked. Each file has a key of its own,
 * made of the secret and of a random number at its start; each chunk has its number, and the last one is marked, so that
 * none can be left out, moved or cut off.
 */
const magic = Buffer.from("flotilla backup 1\n");
const saltBytes = 32;
const tagBytes = 16;
const chunkBytes = 64 * 1024;

/** Tells that what is stored was changed, or belongs to another backup or key. */
export class Tampered extends Error {}

/** Names a key without telling it. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(`flotilla backup key ${secret}`).digest("hex").slice(0, 12);
}

/** The key that has a fingerprint, among those that there are. */
export function findKey(secrets: string[], known: string | undefined): string | undefined {
  return secrets.find((secret) => fingerprint(secret) === known);
}

/** Encrypts a backup; its id is a part of what is checked. */
export function encrypt(secret: string, id: string): Transform {
  const salt = randomBytes(saltBytes);
  const key = makeKey(secret, salt);
  const seal = (chunk: Buffer, number: number, isLast: boolean): Buffer => {
    const cipher = createCipheriv("aes-256-gcm", key, makeNonce(number, isLast)).setAAD(Buffer.from(id));
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
  return chunked(chunkBytes, seal, Buffer.concat([magic, salt]));
}

/** Decrypts a backup; fails with `Tampered` where it is not what was encrypted. */
export function decrypt(secret: string, id: string): Transform {
  let key: Buffer | undefined;
  let head = Buffer.alloc(0);
  const open = (chunk: Buffer, number: number, isLast: boolean): Buffer => {
    if (key === undefined || chunk.length < tagBytes) throw new Tampered("It is cut off.");
    const decipher = createDecipheriv("aes-256-gcm", key, makeNonce(number, isLast)).setAAD(Buffer.from(id));
    decipher.setAuthTag(chunk.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
    } catch {
      throw new Tampered("It was changed, or belongs to another backup or another key.");
    }
  };
  const readHead = (chunk: Buffer): Buffer => {
    if (key !== undefined) return chunk;
    head = Buffer.concat([head, chunk]);
    if (head.length < magic.length + saltBytes) return Buffer.alloc(0);
    if (!head.subarray(0, magic.length).equals(magic)) throw new Tampered("It is not an encrypted backup.");
    key = makeKey(secret, head.subarray(magic.length, magic.length + saltBytes));
    return head.subarray(magic.length + saltBytes);
  };
  return chunked(chunkBytes + tagBytes, open, undefined, readHead);
}

function makeKey(secret: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, "flotilla backup", 32));
}

function makeNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 0);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}

/** Hands on chunks of one size, and tells the last one, which may be shorter. */
function chunked(
  size: number,
  change: (chunk: Buffer, number: number, isLast: boolean) => Buffer,
  start?: Buffer,
  receive: (chunk: Buffer) => Buffer = (chunk) => chunk,
): Transform {
  let waiting = Buffer.alloc(0);
  let number = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, callback: TransformCallback) {
      guard(callback, () => {
        waiting = Buffer.concat([waiting, receive(chunk)]);
        // One chunk stays behind: it may be the last.
        while (waiting.length > size) {
          stream.push(change(waiting.subarray(0, size), number++, false));
          waiting = waiting.subarray(size);
        }
      });
    },
    flush(callback) {
      guard(callback, () => {
        stream.push(change(waiting, number, true));
      });
    },
  });
  if (start !== undefined) stream.push(start);
  return stream;
}

function guard(callback: TransformCallback, work: () => void): void {
  try {
    work();
  } catch (error) {
    callback(error as Error);
    return;
  }
  callback();
}
