import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Failure } from "../failure";
import { isRange, type Range } from "./figures";
import { isSubject, type Subject } from "./panels";

/** Draws the page of a subject. */
export type Draw = (subject: Subject, range: Range) => Promise<string>;

/** Serves the pages to this machine alone, until it is closed. */
export function serveMonitor(port: number, draw: Draw): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request, response, draw);
  });
  return new Promise((resolve, reject) => {
    server.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      reject(
        new Failure(
          code === "EADDRINUSE"
            ? `The port ${port} is in use. Name another one: --port ${port + 1}`
            : `The port ${port} cannot be listened on: ${message}`,
        ),
      );
    });
    server.listen(port, "127.0.0.1", () => {
      resolve(server);
    });
  });
}

const headers = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

async function answer(request: IncomingMessage, response: ServerResponse, draw: Draw): Promise<void> {
  const say = (status: number, text: string, type = "text/plain; charset=utf-8"): void => {
    response.writeHead(status, { ...headers, "Content-Type": type }).end(text);
  };
  // A page of somebody else's could otherwise have a name of its own lead here.
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? "")) {
    say(403, "This is for 127.0.0.1 alone.\n");
    return;
  }
  if (request.method !== "GET") {
    say(405, "This can be read only.\n");
    return;
  }
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  const subject = pathname === "/" ? "services" : pathname.slice(1);
  const range = searchParams.get("range") ?? "1h";
  if (!isSubject(subject) || !isRange(range)) {
    say(404, "There is no such page.\n");
    return;
  }
  try {
    say(200, await draw(subject, range), headers["Content-Type"]);
  } catch (error) {
    say(502, `${(error as Error).message}\n`);
  }
}
