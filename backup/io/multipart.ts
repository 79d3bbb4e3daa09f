import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { Failure } from "./failure";

/** A request to storage that speaks S3. */
export interface S3Request {
  method: "GET" | "PUT" | "POST" | "DELETE";
  name?: string;
  query?: Record<string, string>;
  body?: Blob | string;
  sha256?: string;
}

/** Asks the storage, a few times. */
export type Ask = (request: S3Request) => Promise<Response>;

/** Most parts of an object. */
const mostParts = 10_000;

/** Stores a file that is too large for one request: nobody sees it before all of it is there. */
export async function putInParts(
  ask: Ask,
  name: string,
  { file, size }: { file: string; size: number },
  partBytes: number,
): Promise<void> {
  const length = Math.max(partBytes, Math.ceil(size / mostParts));
  const begun = await (await ask({ method: "POST", name, query: { uploads: "" } })).text();
  const uploadId = findAll(begun, "UploadId")[0];
  if (uploadId === undefined) throw new Failure("The storage takes no object in several parts.");
  try {
    const blob = await openAsBlob(file);
    const parts: string[] = [];
    for (let start = 0; start < size; start += length) {
      const end = Math.min(start + length, size);
      const partNumber = String(parts.length + 1);
      const { headers } = await ask({
        ...{ method: "PUT", name, query: { partNumber, uploadId } },
        ...{ body: blob.slice(start, end), sha256: await checksum(file, { start, end: end - 1 }) },
      });
      const tag = escape(headers.get("etag") ?? "");
      parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${tag}</ETag></Part>`);
    }
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    const sha256 = createHash("sha256").update(body).digest("hex");
    const done = await (await ask({ method: "POST", name, query: { uploadId }, body, sha256 })).text();
    // It may have answered before it was done.
    if (done.includes("<Error>"))
      throw new Failure(`The parts were not put together: ${findAll(done, "Code")[0] ?? done}.`);
  } catch (error) {
    await ask({ method: "DELETE", name, query: { uploadId } }).catch(() => undefined);
    throw error;
  }
}

/** Checksum of a file, or of a part of it. */
export async function checksum(file: string, part: { start?: number; end?: number } = {}): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, part)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The texts of all elements of a name. */
export function findAll(xml: string, tag: string): string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g"))].map(([, text = ""]) =>
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&apos;", "'")
      .replaceAll("&amp;", "&"),
  );
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
