import http from "node:http";
import https from "node:https";

/** A request as it is sent. */
export interface Outgoing {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  timeoutMs: number;
}

/** How a request ended: with a status, or for want of a whole answer. */
export interface Ending {
  status?: number;
  /** Why there is no whole answer: `ECONNREFUSED`, `timeout`, `cut`. */
  error?: string;
  /** Who answered, where the answer says so. */
  servedBy?: string;
}

/** Milliseconds after which an idle connection is closed on this side, so that none is used at the moment the other side ends it. */
const idleMs = 5000;

/** Connections that are kept, of which there are so many at most. */
export function createAgents(connections: number, checksCertificates: boolean): Agents {
  const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections, timeout: idleMs };
  return {
    plain: new http.Agent(options),
    tls: new https.Agent({ ...options, rejectUnauthorized: checksCertificates }),
  };
}

/** Connections of a load. */
export interface Agents {
  plain: http.Agent;
  tls: https.Agent;
}

/** Closes all connections. */
export function destroyAgents({ plain, tls }: Agents): void {
  plain.destroy();
  tls.destroy();
}

/** Sends a request once, and reads its answer to the end. */
export function send({ method, url, headers, body, timeoutMs }: Outgoing, agents: Agents): Promise<Ending> {
  return new Promise((resolve) => {
    const isPlain = url.startsWith("http:");
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length } };
    const request = isPlain
      ? http.request(url, { ...options, agent: agents.plain })
      : https.request(url, { ...options, agent: agents.tls });
    let status: number | undefined;
    let servedBy: string | undefined;
    // Only the first end counts: destroying a request after a timeout raises an error as well.
    const end = (error?: string): void => {
      clearTimeout(timer);
      resolve({
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { error }),
        ...(servedBy === undefined ? {} : { servedBy }),
      });
    };
    const timer = setTimeout(() => {
      end("timeout");
      request.destroy();
    }, timeoutMs);
    request.on("error", (error: NodeJS.ErrnoException) => {
      end(status === undefined ? (error.code ?? error.message) : "cut");
    });
    request.on("response", (response) => {
      status = response.statusCode ?? 0;
      const header = response.headers["x-served-by"];
      if (typeof header === "string" && header !== "") servedBy = header;
      response.on("end", () => {
        end(response.complete ? undefined : "cut");
      });
      response.on("error", () => {
        end("cut");
      });
      response.resume();
    });
    request.end(body);
  });
}
