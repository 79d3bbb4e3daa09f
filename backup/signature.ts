import { createHash, createHmac } from "node:crypto";

/** Who asks, and where. */
export interface Signer {
  region: string;
  accessKey: string;
  secretKey: string;
  /** Comes with keys that are given for a time. */
  sessionToken?: string | undefined;
}

/** A request to storage that speaks S3. */
export interface SignableRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** Checksum of the body. */
  payloadSha256: string;
}

/** Checksum of no body at all. */
export const emptySha256 = createHash("sha256").digest("hex");

/** Gives a request's headers with its signature (AWS Signature Version 4). */
export function sign(request: SignableRequest, signer: Signer, now: Date): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const signed: Record<string, string> = {
    ...lowerCase(request.headers),
    host: request.url.host,
    "x-amz-content-sha256": request.payloadSha256,
    "x-amz-date": time,
    ...(signer.sessionToken === undefined ? {} : { "x-amz-security-token": signer.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    request.method,
    request.url.pathname
      .split("/")
      .map((part) => encode(decodeURIComponent(part)))
      .join("/"),
    canonicalQuery(request.url.searchParams),
    ...names.map((name) => `${name}:${(signed[name] ?? "").trim()}`),
    "",
    names.join(";"),
    request.payloadSha256,
  ].join("\n");
  const scope = `${day}/${signer.region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [day, signer.region, "s3", "aws4_request"].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${signer.secretKey}`),
  );
  const credential = `Credential=${signer.accessKey}/${scope}`;
  const signature = hmac(key, text).toString("hex");
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=${names.join(";")},Signature=${signature}`,
  };
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => [encode(name), encode(value)].join("="))
    .sort()
    .join("&");
}

/** Everything but letters, digits and four marks is encoded. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
