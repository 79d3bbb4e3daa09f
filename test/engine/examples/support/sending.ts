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
}

/** An answer of the example. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Its JSON; undefined where it has none. */
  json: Record<string, unknown> | undefined;
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
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, json: parse(Buffer.concat(chunks)) });
        });
        response.on("error", reject);
      },
    );
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", reject);
    request.end(text);
  });
}

function parse(text: Buffer): Answer["json"] {
  try {
    return JSON.parse(text.toString()) as Answer["json"];
  } catch {
    return undefined;
  }
}
