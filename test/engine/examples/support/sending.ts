import http from "node:http";
import https from "node:https";

/** What is sent besides the address. */
export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, by POST unless told otherwise. */
  body?: unknown;
  /** Certificate of the authority that is trusted. */
  ca?: string;
  agent?: http.Agent;
}

/** An answer of the example. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** As it came. */
  bytes: Buffer;
  /** Its JSON; undefined where it has none. */
  json: Record<string, unknown> | undefined;
  /** Whether it came over a connection of an earlier one. */
  reused: boolean;
}

/** Asks once, over TLS too. */
export function send(url: string, { body, ca, headers, ...options }: Sending = {}): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type = text === undefined ? {} : { "Content-Type": "application/json" };
  const { request: ask } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const request = ask(
      url,
      {
        ...{ method: text === undefined ? "GET" : "POST", timeout: 30_000, agent: false },
        ...options,
        ...(ca === undefined ? {} : { ca }),
        headers: { ...type, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, bytes, json: parse(bytes), reused: request.reusedSocket });
        });
        response.on("error", reject);
      },
    );
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", reject);
    request.end(text);
  });
}

function parse(bytes: Buffer): Answer["json"] {
  try {
    return JSON.parse(bytes.toString()) as Answer["json"];
  } catch {
    return undefined;
  }
}
