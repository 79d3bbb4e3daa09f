import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

/** A certificate that nobody but itself vouches for. */
export interface SelfSigned {
  /** In PEM. */
  certificate: string;
  /** In PEM. */
  key: string;
}

/** Contents of such a certificate. */
export interface SelfSignedOptions {
  /** Whose it is. */
  name: string;
  /** Host names and addresses that it is for. */
  hosts: string[];
  from: Date;
  until: Date;
}

/** Makes a key and a certificate for it, as RFC 5280 has them. */
export function makeSelfSigned({ name, hosts, from, until }: SelfSignedOptions): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = sequence(identifier(ids.ecdsaWithSha256));
  const owner = sequence(set(sequence(identifier(ids.commonName), encode(tags.utf8, Buffer.from(name)))));
  const content = sequence(
    encode(tags.version, integer(Buffer.from([2]))),
    integer(makeSerial()),
    algorithm,
    owner,
    sequence(time(from), time(until)),
    owner,
    publicKey.export({ type: "spki", format: "der" }),
    encode(tags.extensions, extensions(hosts)),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = sequence(content, algorithm, bits(signature, 0));
  return {
    certificate: toPem(certificate),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  identifier: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  address: 0x87,
};

const ids = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  subjectAlternativeName: "2.5.29.17",
  serverAuthentication: "1.3.6.1.5.5.7.3.1",
};

/** The certificate is a server's own: some clients refuse an authority's in its place. */
function extensions(hosts: string[]): Buffer {
  const digitalSignature = bits(Buffer.from([0x80]), 7);
  return sequence(
    extension(ids.basicConstraints, sequence(), true),
    extension(ids.keyUsage, digitalSignature, true),
    extension(ids.extendedKeyUsage, sequence(identifier(ids.serverAuthentication))),
    extension(ids.subjectAlternativeName, sequence(...hosts.map(alternativeName))),
  );
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const mark = critical ? [encode(tags.boolean, Buffer.from([0xff]))] : [];
  return sequence(identifier(id), ...mark, encode(tags.octets, value));
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 0
    ? encode(tags.dnsName, Buffer.from(host, "ascii"))
    : encode(tags.address, toAddress(host));
}

function toAddress(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from(host.split(".").map(Number));
  // A URL writes every address the same way: groups of hexadecimal digits, and "::" at most once.
  const [start = "", end] = new URL(`http://[${host}]`).hostname.slice(1, -1).split("::");
  const toGroups = (text: string): string[] => text.split(":").filter((group) => group !== "");
  const [first, last] = [toGroups(start), toGroups(end ?? "")];
  const groups = [...first, ...Array<string>(8 - first.length - last.length).fill("0"), ...last];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** A number that no other certificate has: positive, and in its shortest form. */
function makeSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function encode(tag: number, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), encodeLength(bytes.length), bytes]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

const sequence = (...content: Buffer[]): Buffer => encode(tags.sequence, ...content);
const set = (...content: Buffer[]): Buffer => encode(tags.set, ...content);
const integer = (bytes: Buffer): Buffer => encode(tags.integer, bytes);
const bits = (bytes: Buffer, unused: number): Buffer => encode(tags.bits, Buffer.from([unused]), bytes);

function identifier(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split(".").map(Number);
  return encode(tags.identifier, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]));
}

function toBase128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
  return groups;
}

function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\..*$/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? encode(tags.utcTime, Buffer.from(digits.slice(2)))
    : encode(tags.generalizedTime, Buffer.from(digits));
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
