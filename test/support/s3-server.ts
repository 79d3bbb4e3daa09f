import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** Storage that speaks as much of S3 as backups need, and lets in only what is signed. */
export interface S3Server {
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Comes with keys that are given for a time. */
  sessionToken?: string;
  /** Objects whose parts come one after the other, by the id of the upload. */
  uploads: Map<string, Map<number, Buffer>>;
  /** Whether parts cannot be put together, which is told after the answer has begun. */
  failsToComplete: boolean;
  /** Number of a part that is turned away. */
  refusesPart: number;
  /** What is stored, by the path below the bucket. */
  objects: Map<string, Buffer>;
  /** Methods and paths of the requests that were let in. */
  requests: string[];
  /** Why requests were turned away. */
  refused: string[];
  /** How often the next requests are answered with 503. */
  outages: number;
  close(): Promise<void>;
}

const pageSize = 4;

/** Starts it; containers reach it at the address of their network's gateway. */
export async function startS3(host = "127.0.0.1", port = 0): Promise<S3Server> {
  const state = {
    ...{ bucket: "backups", accessKey: "AKIDFORTESTS", secretKey: "secret/key+for-tests" },
    ...{ objects: new Map<string, Buffer>(), requests: [] as string[], refused: [] as string[], outages: 0 },
    ...{ uploads: new Map<string, Map<number, Buffer>>(), failsToComplete: false, refusesPart: 0 },
  };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { status, text, tag } = answer(state, request, body);
      response.writeHead(status, tag === undefined ? {} : { ETag: tag }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return Object.assign(state, {
    endpoint: `http://${host}:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  });
}

interface Answer {
  status: number;
  text: string | Buffer;
  tag?: string;
}

type State = Omit<S3Server, "endpoint" | "close">;

function answer(state: State, request: IncomingMessage, body: Buffer): Answer {
  if (state.outages > 0) {
    state.outages--;
    return { status: 503, text: "<Error><Code>SlowDown</Code></Error>" };
  }
  const url = new URL(request.url ?? "/", "http://storage");
  const fault = findFault(state, request, url, body);
  if (fault !== undefined) {
    state.refused.push(fault);
    return { status: 403, text: "<Error><Code>SignatureDoesNotMatch</Code></Error>" };
  }
  const path = decodeURIComponent(url.pathname);
  state.requests.push(`${request.method ?? ""} ${path}`);
  if (path === `/${state.bucket}`) return { status: 200, text: list(state, url.searchParams) };
  if (!path.startsWith(`/${state.bucket}/`))
    return { status: 404, text: "<Error><Code>NoSuchBucket</Code></Error>" };
  const key = path.slice(state.bucket.length + 2);
  const inParts = answerInParts(state, request, { key, query: url.searchParams, body });
  if (inParts !== undefined) return inParts;
  if (request.method === "PUT") {
    state.objects.set(key, body);
    return { status: 200, text: "" };
  }
  if (request.method === "DELETE") {
    state.objects.delete(key);
    return { status: 204, text: "" };
  }
  const found = state.objects.get(key);
  return found === undefined
    ? { status: 404, text: "<Error><Code>NoSuchKey</Code></Error>" }
    : { status: 200, text: found };
}

/** What becomes of an object that comes in parts; undefined for other requests. */
function answerInParts(
  { uploads, objects, ...state }: State,
  { method }: IncomingMessage,
  { key, query, body }: { key: string; query: URLSearchParams; body: Buffer },
): Answer | undefined {
  if (method === "POST" && query.has("uploads")) {
    const id = `upload-${uploads.size + 1}`;
    uploads.set(id, new Map());
    return { status: 200, text: `<R><UploadId>${id}</UploadId></R>` };
  }
  const id = query.get("uploadId");
  if (id === null) return undefined;
  const parts = uploads.get(id);
  if (parts === undefined) return { status: 404, text: "<Error><Code>NoSuchUpload</Code></Error>" };
  if (method === "DELETE") {
    uploads.delete(id);
    return { status: 204, text: "" };
  }
  if (method === "PUT") {
    const number = Number(query.get("partNumber"));
    if (number === state.refusesPart)
      return { status: 403, text: "<Error><Code>AccessDenied</Code></Error>" };
    parts.set(number, body);
    return { status: 200, text: "", tag: tagOf(body) };
  }
  if (state.failsToComplete) return { status: 200, text: " <Error><Code>InternalError</Code></Error>" };
  const said = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)</g)];
  const wanted = said.map(([, number, tag]) => ({ part: parts.get(Number(number)), tag }));
  if (
    wanted.some(({ part, tag }) => part === undefined || tagOf(part) !== tag) ||
    wanted.length !== parts.size
  )
    return { status: 400, text: "<Error><Code>InvalidPart</Code></Error>" };
  objects.set(key, Buffer.concat(wanted.map(({ part }) => part ?? Buffer.alloc(0))));
  uploads.delete(id);
  return { status: 200, text: "<R></R>" };
}

function tagOf(part: Buffer): string {
  return `"${createHash("md5").update(part).digest("hex")}"`;
}

/** Checks a signature by the description of the procedure, with code of its own. */
function findFault(
  { accessKey, secretKey, sessionToken }: State,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): string | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request,SignedHeaders=([^,]+),Signature=(\w+)$/.exec(
      request.headers.authorization ?? "",
    );
  if (parts === null) return "no signature";
  const [, key, day = "", region = "", names = "", signature] = parts;
  if (key !== accessKey) return "unknown access key";
  const sha256 = createHash("sha256").update(body).digest("hex");
  if (request.headers["x-amz-content-sha256"] !== sha256) return "another body";
  const time = String(request.headers["x-amz-date"]);
  const age =
    Date.now() - Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(age) < 15 * 60 * 1000)) return "another time";
  if (request.headers["x-amz-security-token"] !== sessionToken) return "another token";
  if (sessionToken !== undefined && !names.split(";").includes("x-amz-security-token"))
    return "the token is not signed";
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => names.split(";").includes(name)))
    return "headers are not signed";
  const query = url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "")
    .sort()
    .join("&");
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = `${request.method ?? ""}\n${url.pathname}\n${query}\n${headers.join("")}\n${names}\n${sha256}`;
  const hmac = (secret: string | Buffer, text: string) => createHmac("sha256", secret).update(text).digest();
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${secretKey}`, day), region), "s3"), "aws4_request");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const expected = hmac(signingKey, `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/s3/aws4_request\n${digest}`);
  return signature === expected.toString("hex") ? undefined : "another signature";
}

function list({ objects }: State, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageSize);
  const next =
    keys.length > pageSize ? `<NextContinuationToken>${page.at(-1) ?? ""}</NextContinuationToken>` : "";
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  return `<ListBucketResult>${contents}${next}</ListBucketResult>`;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
