import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { findLocalPort } from "../support/ports";

/** How a registry asks for credentials: in each request, or once for a token. */
export type SignIn = "basic" | "bearer";

/** What a registry starts with. */
export interface RegistryOptions {
  /** Who may push and pull. Defaults to everybody. */
  credentials?: { username: string; password: string; signIn: SignIn };
}

/** A request that a registry answered. */
export interface Asked {
  method: string;
  path: string;
  status: number;
}

/** An image registry of this process: what `docker push` needs, and whatever pulls. */
export interface Registry {
  /** Host and port, as images are named by them. */
  address: string;
  /** Every request since the start. */
  asked: Asked[];
  /** The digest that a tag stands for. */
  digestOf(repository: string, tag: string): string;
  /** Stops to listen; what it holds stays. */
  stop(): Promise<void>;
}

interface Store {
  /** Contents by digest, in all repositories. */
  blobs: Map<string, Buffer>;
  /** Manifests by `<repository>@<digest>`. */
  manifests: Map<string, { type: string; body: Buffer }>;
  /** Digests by `<repository>:<tag>`. */
  tags: Map<string, string>;
  uploads: Map<string, Buffer[]>;
  tokens: Set<string>;
}

interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: Buffer | string;
}

/** Starts an empty registry on 127.0.0.1, which engines ask without TLS. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const store: Store = {
    blobs: new Map(),
    manifests: new Map(),
    tags: new Map(),
    uploads: new Map(),
    tokens: new Set(),
  };
  const asked: Asked[] = [];
  const port = await findLocalPort();
  const address = `127.0.0.1:${port}`;
  const sockets = new Set<Socket>();

  const server = createServer((request, response) => {
    void respond(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${address}`);
    const body = await readBody(request);
    const method = request.method ?? "GET";
    const answer =
      refuse(options, store, request, url, address) ?? handle(store, method, url, body, request.headers);
    asked.push({ method, path: url.pathname, status: answer.status });
    const content = Buffer.from(answer.body ?? "");
    response.writeHead(answer.status, {
      "Docker-Distribution-API-Version": "registry/2.0",
      "Content-Length": content.length,
      ...answer.headers,
    });
    response.end(method === "HEAD" ? undefined : content);
  }
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });

  return {
    address,
    asked,
    digestOf: (repository, tag) => {
      const digest = store.tags.get(`${repository}:${tag}`);
      if (digest === undefined) throw new Error(`${address} has no ${repository}:${tag}.`);
      return digest;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The answer to whoever does not say, or not rightly, who asks; it also hands out the tokens. */
function refuse(
  { credentials }: RegistryOptions,
  { tokens }: Store,
  { headers }: IncomingMessage,
  url: URL,
  address: string,
): Answer | undefined {
  if (credentials === undefined) return undefined;
  const { username, password, signIn } = credentials;
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  if (signIn === "bearer" && url.pathname === "/token") {
    if (headers.authorization !== basic) return fail(401, "UNAUTHORIZED", "incorrect username or password");
    const token = randomUUID();
    tokens.add(token);
    return { status: 200, body: JSON.stringify({ token, expires_in: 300 }) };
  }
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  if (signIn === "basic" ? headers.authorization === basic : tokens.has(bearer)) return undefined;
  const repository = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(url.pathname)?.[1];
  const scope = repository === undefined ? "" : `,scope="repository:${repository}:pull,push"`;
  const challenge =
    signIn === "basic"
      ? 'Basic realm="test"'
      : `Bearer realm="http://${address}/token",service="test"${scope}`;
  const { body = "" } = fail(401, "UNAUTHORIZED", "authentication required");
  return { status: 401, headers: { "WWW-Authenticate": challenge }, body };
}

function handle(
  store: Store,
  method: string,
  url: URL,
  body: Buffer,
  headers: IncomingMessage["headers"],
): Answer {
  if (/^\/v2\/?$/.test(url.pathname)) return { status: 200, body: "{}" };
  const upload = /^\/v2\/(.+)\/blobs\/uploads\/(.*)$/.exec(url.pathname);
  if (upload !== null) return receiveBlob(store, method, url, body, upload[1] ?? "", upload[2] ?? "");
  const [, repository = "", kind, reference = ""] =
    /^\/v2\/(.+)\/(blobs|manifests)\/(.+)$/.exec(url.pathname) ?? [];
  if (kind === "blobs") {
    const content = store.blobs.get(reference);
    if (content === undefined) return fail(404, "BLOB_UNKNOWN", "blob unknown to registry");
    return found(reference, "application/octet-stream", content);
  }
  if (kind !== "manifests") return fail(404, "UNSUPPORTED", "not found");
  if (method === "PUT") {
    const digest = digestOf(body);
    const type = headers["content-type"] ?? "application/vnd.docker.distribution.manifest.v2+json";
    store.manifests.set(`${repository}@${digest}`, { type, body });
    if (!reference.startsWith("sha256:")) store.tags.set(`${repository}:${reference}`, digest);
    return { status: 201, headers: { "Docker-Content-Digest": digest, Location: url.pathname } };
  }
  const digest = store.tags.get(`${repository}:${reference}`) ?? reference;
  const manifest = store.manifests.get(`${repository}@${digest}`);
  if (manifest === undefined) return fail(404, "MANIFEST_UNKNOWN", "manifest unknown");
  return found(digest, manifest.type, manifest.body);
}

function receiveBlob(
  { blobs, uploads }: Store,
  method: string,
  { searchParams }: URL,
  body: Buffer,
  repository: string,
  upload: string,
): Answer {
  const mounted = searchParams.get("mount") ?? "";
  if (method === "POST" && blobs.has(mounted)) return stored(repository, mounted);
  const id = method === "POST" ? randomUUID() : upload;
  const chunks = method === "POST" ? [] : uploads.get(id);
  if (chunks === undefined) return fail(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown");
  chunks.push(body);
  uploads.set(id, chunks);
  const expected = searchParams.get("digest");
  if (expected !== null) {
    const content = Buffer.concat(chunks);
    uploads.delete(id);
    if (digestOf(content) !== expected)
      return fail(400, "DIGEST_INVALID", "digest is not that of the content");
    blobs.set(expected, content);
    return stored(repository, expected);
  }
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  return {
    status: 202,
    headers: {
      "Docker-Upload-UUID": id,
      Location: `/v2/${repository}/blobs/uploads/${id}`,
      Range: `0-${Math.max(0, size - 1)}`,
    },
  };
}

function stored(repository: string, digest: string): Answer {
  const headers = { "Docker-Content-Digest": digest, Location: `/v2/${repository}/blobs/${digest}` };
  return { status: 201, headers };
}

function found(digest: string, type: string, body: Buffer): Answer {
  const headers = { "Content-Type": type, "Content-Length": body.length, "Docker-Content-Digest": digest };
  return { status: 200, headers, body };
}

function fail(status: number, code: string, message: string): Answer {
  const headers = { "Content-Type": "application/json" };
  return { status, headers, body: JSON.stringify({ errors: [{ code, message }] }) };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
