import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { findKey, fingerprint } from "./encryption";
import type { BackupRecord } from "./record";

/** How far a record can be believed: whether it is as it was written, was changed, or nobody can tell. */
export type Standing = "signed" | "changed" | "unknown";

/** Signs a record, and with it the checksums of what is stored. */
export function signRecord(record: BackupRecord, secret: string): BackupRecord {
  return {
    ...record,
    signature: { key: fingerprint(secret), hmac: makeHmac(record, secret).toString("hex") },
  };
}

/** Looks at a record's signature with the keys that there are. */
export function judgeRecord({ signature, ...record }: BackupRecord, keys: string[]): Standing {
  const secret = findKey(keys, signature?.key);
  if (secret === undefined) return "unknown";
  const found = Buffer.from(signature?.hmac ?? "", "hex");
  const expected = makeHmac(record, secret);
  return found.length === expected.length && timingSafeEqual(found, expected) ? "signed" : "changed";
}

function makeHmac(record: BackupRecord, secret: string): Buffer {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "flotilla backup record", 32));
  return createHmac("sha256", key).update(JSON.stringify(record)).digest();
}
