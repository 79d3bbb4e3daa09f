import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { decrypt, encrypt, fingerprint, Tampered } from "../../backup/encryption";

const secret = "a-key-of-thirty-two-letters-or-more";
const id = "20261121T030000Z-abcdef";

function seal(plain: Buffer): Promise<Buffer> {
  return buffer(Readable.from(cut(plain, 10_000)).pipe(encrypt(secret, id)));
}

function open(stored: Buffer, key = secret, name = id): Promise<Buffer> {
  return buffer(Readable.from(cut(stored, 7777)).pipe(decrypt(key, name)));
}

/** Streams hand on what they like. */
function* cut(whole: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

const chunk = 64 * 1024;

test.each([0, 1, 1000, chunk - 1, chunk, chunk + 1, 3 * chunk, 1_000_000])(
  "gives back %i bytes as they were",
  async (size) => {
    const plain = randomBytes(size);
    const stored = await seal(plain);
    expect((await open(stored)).equals(plain)).toBe(true);
    // A few bytes may be anywhere by chance.
    if (size >= 16) expect(stored.includes(plain.subarray(0, 100))).toBe(false);
  },
);

test("never encrypts the same twice alike", async () => {
  const plain = randomBytes(1000);
  expect((await seal(plain)).equals(await seal(plain))).toBe(false);
});

const whole = randomBytes(3 * chunk + 500);
const head = 18 + 32;
const stride = chunk + 16;

test.each<[string, (stored: Buffer) => Buffer]>([
  ["with a changed byte", (stored) => flip(stored, head + 5)],
  ["with another random number", (stored) => flip(stored, 20)],
  ["with another beginning", (stored) => flip(stored, 0)],
  ["with a changed checksum", (stored) => flip(stored, stored.length - 1)],
  ["without its last byte", (stored) => stored.subarray(0, -1)],
  ["without its last chunk", (stored) => stored.subarray(0, head + 3 * stride)],
  ["without a chunk", (stored) => Buffer.concat([stored.subarray(0, head), stored.subarray(head + stride)])],
  [
    "with two chunks in each other's place",
    (stored) =>
      Buffer.concat([
        stored.subarray(0, head),
        stored.subarray(head + stride, head + 2 * stride),
        stored.subarray(head, head + stride),
        stored.subarray(head + 2 * stride),
      ]),
  ],
  ["with something added", (stored) => Buffer.concat([stored, randomBytes(100)])],
  ["that is empty", () => Buffer.alloc(0)],
])("refuses a file %s", async (_, damage) => {
  await expect(open(damage(await seal(whole)))).rejects.toThrow(Tampered);
});

test("refuses another key and another backup's name", async () => {
  const stored = await seal(whole);
  await expect(open(stored, `${secret}2`)).rejects.toThrow(Tampered);
  await expect(open(stored, secret, "20261121T030000Z-abcde0")).rejects.toThrow(Tampered);
});

test("hands on nothing that was not checked", async () => {
  const damaged = flip(await seal(whole), head + stride + 9);
  const read: Buffer[] = [];
  const stream = Readable.from(cut(damaged, 7777)).pipe(decrypt(secret, id));
  await expect(
    (async () => {
      for await (const part of stream) read.push(part as Buffer);
    })(),
  ).rejects.toThrow(Tampered);
  const given = Buffer.concat(read);
  expect(given.equals(whole.subarray(0, given.length))).toBe(true);
  expect(given.length).toBeLessThanOrEqual(chunk);
});

test("names a key without telling it", () => {
  expect(fingerprint(secret)).toMatch(/^[0-9a-f]{12}$/);
  expect(fingerprint(secret)).not.toBe(fingerprint(`${secret}2`));
});

function flip(stored: Buffer, at: number): Buffer {
  const changed = Buffer.from(stored);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}
