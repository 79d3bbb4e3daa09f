import { rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { renderMetrics } from "../metrics";
import type { Reason } from "../record";
import { explain, Failure } from "./failure";
import type { Keeper } from "./keeper";
import type { Answer } from "../answers";

/** Serves the metrics and the health to the network. */
export function serveMetrics(keeper: Keeper, port: number): Server {
  return listen(
    async (path) => {
      if (path === "/metrics") return { status: 200, text: renderMetrics(await keeper.situation()) };
      if (path !== "/health") return { status: 404, text: "There are /metrics and /health.\n" };
      const fault = await keeper.findFault();
      return { status: fault === undefined ? 200 : 503, text: `${fault ?? "ok"}\n` };
    },
    (server) => server.listen(port),
  );
}

/** Takes commands from inside the container. */
export function serveCommands(keeper: Keeper, socket: string): Server {
  rmSync(socket, { force: true });
  return listen(
    async (path) => {
      const answer = await carryOut(keeper, path);
      return { status: 200, text: JSON.stringify(answer) };
    },
    (server) => server.listen(socket),
  );
}

async function carryOut(keeper: Keeper, path: string): Promise<Answer> {
  const [command = "", argument = ""] = path.split("/").slice(1).map(decodeURIComponent);
  try {
    switch (command) {
      case "back":
        return { ok: true, result: await keeper.back(argument as Reason) };
      case "restore":
        return { ok: true, result: await keeper.restore(argument) };
      case "list":
        return { ok: true, result: await keeper.list() };
      default:
        throw new Failure("The commands are back, restore and list.");
    }
  } catch (error) {
    return { ok: false, fault: explain(error) };
  }
}

function listen(
  answer: (path: string) => Promise<{ status: number; text: string }>,
  open: (server: Server) => Server,
): Server {
  const handle: RequestListener = (request, response) => {
    answer(request.url ?? "/").then(
      // Prometheus takes no answer whose type it is not told.
      ({ status, text }) =>
        response.writeHead(status, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      (error: unknown) => response.writeHead(500).end(`${explain(error)}\n`),
    );
  };
  return open(createServer(handle));
}
