import http2 from "node:http2";
import { isGoodAnswer, nameError, type RunningKind, startClients, type Tally, type Work } from "./kinds";

/** An answer with all that came. */
export interface Http2Answer {
  status: number;
  headers: http2.IncomingHttpHeaders;
  trailers: http2.IncomingHttpHeaders;
  body: Buffer;
}

const refusedCode = http2.constants.NGHTTP2_REFUSED_STREAM;
const mostRepetitions = 5;

/** What the server never looked at: it named a lower stream as its last, or the request never left this side. */
class Refused extends Error {}

/** An answer that had begun and did not end well. */
class Cut extends Error {}

/**
 * A client with one connection at a time, as libraries have it: a connection that the server takes leave of gets no new
 * requests, and a request that the server has refused unread is sent again over the next one.
 */
export class Http2Client {
  readonly #url: string;
  readonly #options: http2.SecureClientSessionOptions;
  #session: http2.ClientHttp2Session | undefined;

  constructor(url: string, ca?: string) {
    this.#url = url;
    this.#options = ca === undefined ? {} : { ca };
  }

  /** Sends a request, and again as often as it is refused. */
  async ask(
    headers: http2.OutgoingHttpHeaders,
    body: Buffer | undefined,
    onRefused: () => void,
  ): Promise<Http2Answer> {
    for (let tries = 0; ; tries += 1)
      try {
        return await this.#send(headers, body);
      } catch (error) {
        if (!(error instanceof Refused) || tries === mostRepetitions) throw error;
        onRefused();
      }
  }

  close(): void {
    this.#session?.close();
  }

  #send(headers: http2.OutgoingHttpHeaders, body: Buffer | undefined): Promise<Http2Answer> {
    return new Promise((resolve, reject) => {
      const session = this.#connect();
      let stream: http2.ClientHttp2Stream;
      try {
        stream = session.request(headers, { endStream: body === undefined });
      } catch (error) {
        reject(new Refused(nameError(error)));
        return;
      }
      const answer: Http2Answer = { status: 0, headers: {}, trailers: {}, body: Buffer.alloc(0) };
      const chunks: Buffer[] = [];
      let ended = false;
      const timer = setTimeout(() => {
        reject(new Error("timeout"));
        stream.close(http2.constants.NGHTTP2_CANCEL);
      }, 60_000);
      stream.on("response", (received) => {
        answer.status = received[":status"] ?? 0;
        answer.headers = received;
      });
      stream.on("trailers", (received: http2.IncomingHttpHeaders) => {
        answer.trailers = received;
      });
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => (ended = true));
      // Its reason is told by the close that follows.
      let failure: Error | undefined;
      stream.on("error", (error: Error) => {
        failure = error;
      });
      stream.on("close", () => {
        clearTimeout(timer);
        const neverLeft = stream.id === undefined;
        if (stream.rstCode === refusedCode || neverLeft) reject(new Refused("refused"));
        else if (failure !== undefined || stream.rstCode !== 0 || !ended || answer.status === 0)
          reject(new (answer.status === 0 ? Error : Cut)(describeEnd(stream.rstCode, failure)));
        else resolve({ ...answer, body: Buffer.concat(chunks) });
      });
      if (body !== undefined) stream.end(body);
    });
  }

  #connect(): http2.ClientHttp2Session {
    const current = this.#session;
    if (current !== undefined && !current.closed && !current.destroyed) return current;
    const session = http2.connect(this.#url, this.#options);
    // Its streams fail with it, and they are what counts.
    session.on("error", () => undefined);
    this.#session = session;
    return session;
  }
}

function describeEnd(code: number | undefined, failure: unknown): string {
  return failure === undefined ? `ended early, code ${code ?? "none"}` : nameError(failure);
}

/** Sends a request and counts it. */
export async function count(
  tally: Tally,
  ask: (onRefused: () => void) => Promise<string | undefined>,
): Promise<void> {
  const end = tally.send();
  try {
    const reason = await ask(() => {
      tally.repeat();
    });
    end(reason === undefined ? {} : { reason });
  } catch (error) {
    end({ reason: nameError(error), cut: error instanceof Cut });
  }
}

/** How HTTP/2 is loaded. */
export interface Http2Options {
  url: string;
  ca: string;
  /** Requests at a time over each connection. */
  streams: number;
  connections: number;
}

/** Clients with a kept connection each, over which many requests go at a time: quick ones, POSTs and slow ones. */
export function startHttp2({ url, ca, streams, connections }: Http2Options): RunningKind {
  const clients = Array.from({ length: connections }, () => new Http2Client(url, ca));
  const kind = startClients("HTTP/2", connections * streams, async (work, tally, index) => {
    const client = clients[index % connections] ?? new Http2Client(url, ca);
    const request = [quick, post, slow][Math.floor(index / connections) % 3] ?? quick;
    while (!work.isOver()) {
      await askOnce(client, tally, request);
      await work.pause(40);
    }
  });
  return {
    stop: async () => {
      const report = await kind.stop();
      for (const client of clients) client.close();
      return report;
    },
  };
}

/** Clients that open a connection for a few requests at a time. */
export function startFreshHttp2({ url, ca }: Pick<Http2Options, "url" | "ca">): RunningKind {
  return startClients("HTTP/2, new connections", 3, async (work, tally) => {
    while (!work.isOver()) {
      const client = new Http2Client(url, ca);
      await Promise.all([quick, post, quick].map((request) => askOnce(client, tally, request)));
      client.close();
      await work.pause(50);
    }
  });
}

/** Clients that keep a connection without a request for long. */
export function startIdleHttp2(
  { url, ca }: Pick<Http2Options, "url" | "ca">,
  pause: (work: Work) => Promise<void>,
): RunningKind {
  return startClients("HTTP/2, pauses", 12, async (work, tally) => {
    const client = new Http2Client(url, ca);
    while (!work.isOver()) {
      await askOnce(client, tally, post);
      await pause(work);
    }
    client.close();
  });
}

interface Request {
  path: string;
  body?: string;
}

const quick: Request = { path: "/" };
const post: Request = { path: "/", body: '{"item":"anchor"}' };
const slow: Request = { path: "/slow?ms=1500" };

function askOnce(client: Http2Client, tally: Tally, { path, body }: Request): Promise<void> {
  const headers = { ":method": body === undefined ? "GET" : "POST", ":path": path };
  return count(tally, async (onRefused) => {
    const content = body === undefined ? undefined : Buffer.from(body);
    const answer = await client.ask(headers, content, onRefused);
    if (answer.status !== 200) return `status ${answer.status}`;
    return isGoodAnswer(answer.body.toString()) ? undefined : "wrong body";
  });
}
