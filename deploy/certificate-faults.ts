import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** The texts of a certificate, as far as they are known. */
export interface CertificateTexts {
  certificate?: string;
  key?: string;
  hosts?: string[];
}

/** A fault of one of them; never with the key's text in it. */
export interface Fault {
  field: (string | number)[];
  /** The value as it is shown; nothing for texts. */
  value?: string;
  /** The rule that it breaks. */
  rule: string;
  remedy: string;
}

const day = 86_400_000;
/** Days before its end at which a certificate is warned of. */
const warningDays = 14;

/** Finds what would keep clients from trusting a certificate. */
export function findFaults({ certificate, key, hosts = [] }: CertificateTexts, now: Date): Fault[] {
  const chain = certificate === undefined ? undefined : readChain(certificate);
  const isBroken = certificate !== undefined && chain === undefined;
  const [first] = chain ?? [];
  return [
    ...(isBroken ? [unreadable("certificate")] : []),
    ...(first === undefined ? [] : findDateFaults(first, "certificate", now)),
    ...(key === undefined ? [] : findKeyFaults(key, chain)),
    ...(first === undefined ? [] : findHostFaults(hosts, first)),
  ];
}

/** Finds what would keep clients' certificates from being accepted. */
export function findAuthorityFaults(authority: string, now: Date): Fault[] {
  const chain = readChain(authority);
  if (chain === undefined) return [unreadable("authority")];
  return chain.flatMap((certificate) => findDateFaults(certificate, "authority", now));
}

/** The day on which a certificate expires, when that is soon. */
export function findNearEnd(certificate: string, now: Date): string | undefined {
  const [first] = readChain(certificate) ?? [];
  if (first === undefined) return undefined;
  const left = Date.parse(first.validTo) - now.getTime();
  return left > 0 && left <= warningDays * day ? toDay(first.validTo) : undefined;
}

/** Whether a certificate is for a host; undefined when it cannot be read. */
export function coversHost(certificate: string, host: string): boolean | undefined {
  const [first] = readChain(certificate) ?? [];
  return first === undefined ? undefined : covers(first, host);
}

function unreadable(field: string): Fault {
  return {
    field: [field],
    rule: "hold certificates in PEM that can be read",
    remedy: "It starts with -----BEGIN CERTIFICATE-----; was it cut, or is it another kind of file?",
  };
}

/** The certificates of a text, the host's own first; undefined when there is none or one cannot be read. */
function readChain(text: string): X509Certificate[] | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  const begun = text.match(/-----BEGIN CERTIFICATE-----/g);
  if (blocks === null || blocks.length !== begun?.length) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

function findDateFaults({ validFrom, validTo }: X509Certificate, field: string, now: Date): Fault[] {
  const rule = "be valid today";
  if (Date.parse(validTo) <= now.getTime())
    return [{ field: [field], rule, remedy: `It expired on ${toDay(validTo)}: renew it.` }];
  if (Date.parse(validFrom) <= now.getTime()) return [];
  return [{ field: [field], rule, remedy: `It is valid from ${toDay(validFrom)} on.` }];
}

function toDay(date: string): string {
  return new Date(Date.parse(date)).toISOString().slice(0, 10);
}

function findKeyFaults(text: string, chain: X509Certificate[] | undefined): Fault[] {
  const field = ["key"];
  const key = readKey(text);
  if (key === undefined) {
    const isLocked = text.includes("ENCRYPTED");
    return [
      isLocked
        ? {
            field,
            rule: "be a key without a passphrase",
            remedy: "Take it away with: openssl pkey -in <key> -out <new key>",
          }
        : {
            field,
            rule: "be a private key in PEM that can be read",
            remedy: "It starts with -----BEGIN PRIVATE KEY-----; was it cut, or is it another kind of file?",
          },
    ];
  }
  const [first, ...others] = chain ?? [];
  if (first === undefined || first.checkPrivateKey(key)) return [];
  if (others.some((other) => other.checkPrivateKey(key))) {
    const remedy = "Put the certificate that the key is for first, and those that vouch for it after it.";
    return [{ field: ["certificate"], rule: "begin with the host's own certificate", remedy }];
  }
  const remedy = "Use the key that the certificate was requested with.";
  return [{ field, rule: "belong to the certificate", remedy }];
}

function readKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function findHostFaults(hosts: string[], certificate: X509Certificate): Fault[] {
  const names = listNames(certificate);
  const remedy = names.length === 0 ? "It has no names." : `Its names are ${names.join(", ")}.`;
  return hosts.flatMap((host, index) =>
    covers(certificate, host)
      ? []
      : [{ field: ["hosts", index], value: host, rule: "be a name of the certificate", remedy }],
  );
}

function covers(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  const wanted = host.toLowerCase();
  const wildcard = wanted.replace(/^[^.]+/, "*");
  return listNames(certificate).some((name) => [wanted, wildcard].includes(name.toLowerCase()));
}

/** Host names of a certificate; its subject's common name counts for no client of today. */
function listNames({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName
    .split(", ")
    .flatMap((entry) => (entry.startsWith("DNS:") ? [entry.slice("DNS:".length)] : []));
}
