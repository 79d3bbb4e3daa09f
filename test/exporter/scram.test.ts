import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { beginLogin } from "../../exporter/scram";

const salt = Buffer.from("salt of the server");
const server = `r=clientserver,s=${salt.toString("base64")},i=4096`;
const hmac = (key: Buffer, text: string) => createHmac("sha512", key).update(text).digest();

test("a login proves that it has the password, and that the server has it", () => {
  const login = beginLogin("monitoring", "secret", "client");
  expect(login.first).toBe("n,,n=monitoring,r=client");
  const [, signedPart = "", proof = ""] = /^(.*),p=(.*)$/.exec(login.answer(server)) ?? [];
  // As the server does it, which has the hash of a key and finds the key in the proof.
  const salted = pbkdf2Sync("secret", salt, 4096, 64, "sha512");
  const stored = createHash("sha512").update(hmac(salted, "Client Key")).digest();
  const signed = `n=monitoring,r=client,${server},${signedPart}`;
  const signature = hmac(stored, signed);
  const key = Buffer.from(Buffer.from(proof, "base64").map((byte, index) => byte ^ (signature[index] ?? 0)));
  expect(createHash("sha512").update(key).digest()).toEqual(stored);
  const answer = hmac(hmac(salted, "Server Key"), signed).toString("base64");
  expect(login.isServer(`v=${answer}`)).toBe(true);
  expect(login.isServer(`v=${hmac(salted, signed).toString("base64")}`)).toBe(false);
});

test("a login does not go on with an answer to another", () => {
  expect(() => beginLogin("monitoring", "secret", "other").answer(server)).toThrow("another login");
});
