import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { findLocalPort } from "../support/ports";
import { docker } from "../support/engine";

/** A way to the engine by TCP, as to one on another machine. */
export interface EngineProxy {
  /** What `docker:host` is set to. */
  host: string;
  /** The engine's own address. */
  direct: string;
  /** First lines of the requests that came along. */
  requests: string[];
  /**
   * Is asked before each request goes on to the engine; undefined for none. Where it gives something to be done, that is done when
   * the engine has answered, and the client hears no more than that the engine has begun.
   */
  before: ((request: string) => Promise<(() => void) | undefined>) | undefined;
  /** Cuts every connection, and takes no other until it is mended. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Starts to pass connections on to the engine's own address. */
export async function startEngineProxy(): Promise<EngineProxy> {
  const direct = await docker("context", "inspect", "--format={{.Endpoints.docker.Host}}");
  const target = readTarget(direct);
  const port = await findLocalPort();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let isCut = false;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const engine = connect({ ...target, allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // Either side may be gone; the other one's end says so.
      socket.on("error", () => {
        client.destroy();
        engine.destroy();
      });
    }
    client.on("data", (chunk) => {
      const line = /^(?:GET|HEAD|POST|PUT|DELETE) \S+(?= HTTP)/.exec(chunk.toString("latin1"))?.[0];
      if (line !== undefined) requests.push(line);
      if (line === undefined || proxy.before === undefined) {
        engine.write(chunk);
        return;
      }
      client.pause();
      void proxy.before(line).then((instead) => {
        if (instead !== undefined) {
          engine.unpipe(client);
          engine.once("data", (head: Buffer) => client.write(head)).once("end", instead);
          // All that follows is read, and heard by nobody.
          engine.resume();
        }
        // To one that was cut meanwhile nothing is written.
        if (!engine.destroyed) engine.write(chunk);
        client.resume();
      });
    });
    client.on("end", () => engine.end());
    engine.pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });

  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: EngineProxy = {
    host: `tcp://127.0.0.1:${port}`,
    direct,
    requests,
    before: undefined,
    cut: () => {
      isCut = true;
      end();
    },
    mend: () => {
      isCut = false;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        end();
      }),
  };
  return proxy;
}

/** A proxy for the tests of a file. */
export function useEngineProxy(): () => EngineProxy {
  let proxy: EngineProxy | undefined;
  beforeAll(async () => {
    proxy = await startEngineProxy();
  });
  afterAll(() => proxy?.stop());
  return () => {
    if (proxy === undefined) throw new Error("The proxy is started before the tests.");
    return proxy;
  };
}

function readTarget(address: string): { path: string } | { host: string; port: number } {
  const { protocol, hostname, port, pathname } = new URL(address);
  if (protocol === "unix:") return { path: pathname };
  if (protocol === "tcp:") return { host: hostname, port: Number(port) };
  throw new Error(`These tests pass connections on to a local engine, and cannot to ${address}.`);
}
