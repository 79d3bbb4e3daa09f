import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { S3Settings } from "../settings";
import { emptySha256, encode, sign, type Signer } from "../signature";
import { explain, Failure } from "./failure";
import { checksum, findAll, putInParts, type S3Request } from "./multipart";
import type { Place } from "./place";

/** The most that is sent in one request: storage takes 5 GiB, and what breaks off is sent again. */
const mostBytes = 512 * 1024 ** 2;
const tries = 4;

/** How storage is asked; tests are in more of a hurry. */
interface Manner {
  pauseMilliseconds?: number;
  partBytes?: number;
}

/** Storage that speaks S3. */
export function openS3(
  { endpoint, region, bucket, prefix }: S3Settings,
  keys: Omit<Signer, "region">,
  { pauseMilliseconds = 1000, partBytes = mostBytes }: Manner = {},
): Place {
  const signer = { region, ...keys };

  const ask = async ({
    method,
    name,
    query = {},
    body,
    sha256 = emptySha256,
  }: S3Request): Promise<Response> => {
    const path = name === undefined ? "" : `/${(prefix + name).split("/").map(encode).join("/")}`;
    const url = new URL(`${endpoint.replace(/\/+$/, "")}/${bucket}${path}`);
    // In the one form that is signed: a space could be written in two ways.
    url.search = Object.entries(query)
      .map(([key, value]) => `${encode(key)}=${encode(value)}`)
      .join("&");
    const headers = sign({ method, url, headers: {}, payloadSha256: sha256 }, signer, new Date());
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    if (response.ok) return response;
    const text = await response.text();
    const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? response.statusText;
    throw new Refused(
      `${method} ${url.origin}${url.pathname} was answered with ${response.status} ${code}.`,
      response.status,
    );
  };

  const persist = async (request: S3Request): Promise<Response> => {
    for (let left = tries - 1; ; left--) {
      try {
        return await ask(request);
      } catch (error) {
        // What is refused stays refused.
        const isFinal = error instanceof Refused && error.status < 500 && error.status !== 429;
        if (isFinal || left === 0) throw new Failure(explain(error), { cause: error });
        await wait((tries - left) * pauseMilliseconds);
      }
    }
  };

  return {
    list: async () => {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const query = {
          "list-type": "2",
          prefix,
          ...(token === undefined ? {} : { "continuation-token": token }),
        };
        const text = await (await persist({ method: "GET", query })).text();
        names.push(...findAll(text, "Key").map((key) => key.slice(prefix.length)));
        [token] = findAll(text, "NextContinuationToken");
      } while (token !== undefined);
      return names;
    },
    put: async (name, file) => {
      const { size } = await stat(file);
      if (size > partBytes) await putInParts(persist, name, { file, size }, partBytes);
      else await persist({ method: "PUT", name, body: await openAsBlob(file), sha256: await checksum(file) });
    },
    open: async (name) => {
      const { body } = await persist({ method: "GET", name });
      return body === null ? Readable.from([]) : Readable.fromWeb(body);
    },
    remove: async (name) => {
      await persist({ method: "DELETE", name });
    },
  };
}

/** The storage answered, and said no. */
class Refused extends Failure {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
