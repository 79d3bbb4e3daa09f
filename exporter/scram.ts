import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** A login by SCRAM-SHA-512. */
export interface Login {
  /** The first message. */
  first: string;
  /** The second one, which answers the server's first. */
  answer(server: string): string;
  /** Whether the server's last message shows that it knows the password too. */
  isServer(server: string): boolean;
}

/** Begins a login. */
export function beginLogin(
  user: string,
  password: string,
  nonce = randomBytes(18).toString("base64"),
): Login {
  const bare = `n=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  let expected = "";
  return {
    first: `n,,${bare}`,
    answer: (server) => {
      const { r = "", s = "", i = "" } = readFields(server);
      if (!r.startsWith(nonce)) throw new Error("The broker answers another login.");
      const salted = pbkdf2Sync(password, Buffer.from(s, "base64"), Number(i), 64, "sha512");
      const clientKey = hmac(salted, "Client Key");
      const last = `c=biws,r=${r}`;
      const signed = `${bare},${server},${last}`;
      const signature = hmac(createHash("sha512").update(clientKey).digest(), signed);
      expected = hmac(hmac(salted, "Server Key"), signed).toString("base64");
      const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
      return `${last},p=${proof.toString("base64")}`;
    },
    isServer: (server) => expected !== "" && readFields(server).v === expected,
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha512", key).update(text).digest();
}

function readFields(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(message.split(",").map((field) => [field.slice(0, 1), field.slice(2)]));
}
