import { once } from "node:events";
import http2 from "node:http2";
import type http from "node:http";
import https from "node:https";
import tls from "node:tls";

/** What a client and the balancer agreed on. */
export interface Handshake {
  /** Fingerprint of the certificate that the balancer showed. */
  fingerprint: string;
  /** Names of the certificate, and who vouches for it, checked. */
  authorized: boolean;
  protocol: string | null;
  cipher: string;
  reused: boolean;
  /** What the next handshake may go on from. */
  session: Buffer | undefined;
}

/** Opens a connection, asks for its health once, and closes it. */
export async function shakeHands(port: number, options: tls.ConnectionOptions = {}): Promise<Handshake> {
  const socket = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ...options });
  let session: Buffer | undefined;
  socket.on("session", (given: Buffer) => (session = given));
  await once(socket, "secureConnect");
  const handshake = {
    fingerprint: socket.getPeerX509Certificate()?.fingerprint256 ?? "",
    authorized: socket.authorized,
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    reused: socket.isSessionReused(),
  };
  // The session comes after the handshake, with the first bytes of an answer at the latest.
  socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  socket.resume();
  await once(socket, "close");
  return { ...handshake, session };
}

/** An answer over TLS. */
export interface TlsAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Asks once on a connection of its own. */
export function askOverTls(url: string, options: https.RequestOptions = {}): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { agent: false, timeout: 5000, ...options }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", reject);
  });
}

/** Sends several requests at a time over one connection of HTTP/2; gives their statuses. */
export async function askOverHttp2(url: string, ca: string, times: number): Promise<number[]> {
  const session = http2.connect(url, { ca });
  await once(session, "connect");
  const ask = async (): Promise<number> => {
    const stream = session.request({ ":path": "/slow?ms=200" });
    const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
    stream.resume();
    await once(stream, "end");
    return Number(headers[":status"]);
  };
  try {
    return await Promise.all(Array.from({ length: times }, ask));
  } finally {
    session.close();
  }
}
