import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { startLoad, type Load, type LoadOptions } from "../client";
import type { Kind } from "../report";

/** Answers the requests of a load; they are numbered. */
export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, number: number) => void;

/** A server that counts what it is asked. */
export interface Target {
  url: string;
  received: () => number;
  connections: () => number;
}

/** A load without clients, to which a test adds its own. */
export const none: Record<Kind, number> = { busyGet: 0, busyPost: 0, slow: 0, idle: 0, fresh: 0 };
/** What the load takes for a good answer. */
export const goodBody = JSON.stringify({ version: "1", served_by: { instance: "api-1" } });
/** What has to be ended after a test. */
export const servers: http.Server[] = [];
const loads: Load[] = [];

afterEach(async () => {
  await Promise.allSettled(loads.splice(0).map((load) => load.stop()));
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Starts a server, until the end of the test. */
export async function startTarget(handler: Handler): Promise<Target> {
  let received = 0;
  let connections = 0;
  const server = http.createServer((request, response) => {
    received += 1;
    const number = received;
    // A request is complete before its answer, so that a reset meets no client that still writes.
    request.resume().on("end", () => {
      response.setHeader("X-Instance-ID", "api-1");
      handler(request, response, number);
    });
  });
  server.on("connection", () => (connections += 1));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received: () => received, connections: () => connections };
}

/** Starts a load, until the end of the test. */
export function start(options: LoadOptions): Load {
  const load = startLoad(options);
  loads.push(load);
  return load;
}

/** Always answers well. */
export const answerWell: Handler = (_, response) => {
  response.end(goodBody);
};
