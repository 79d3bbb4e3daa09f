import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { isGoodAnswer, nameError, type RunningKind, startClients, type Work } from "./kinds";

/** Waits as long as a client does that has nothing to ask. */
export function pauseForLong(work: Work): Promise<void> {
  return work.pause(10_000 + Math.random() * 30_000);
}

/** Clients that keep a connection without a request for 10 to 40 s; one that was closed meanwhile is not used again. */
export function startPausing(url: string, clients = 24): RunningKind {
  return startAgents("HTTP/1.1, pauses of 10 to 40 s", () => url, clients, pauseForLong);
}

/** Clients with a kept connection each: some ask at once again, others before it has been idle for as long as one outlives a reload. */
export function startKept(kind: string, urlOf: (index: number) => string, clients = 12): RunningKind {
  return startAgents(kind, urlOf, clients, (work, index) =>
    work.pause(index % 3 === 0 ? 30 : 2000 + Math.random() * 5000),
  );
}

function startAgents(
  kind: string,
  urlOf: (index: number) => string,
  clients: number,
  pause: (work: Work, index: number) => Promise<void>,
): RunningKind {
  return startClients(kind, clients, async (work, tally, index) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const method = index % 2 === 0 ? "GET" : "POST";
    while (!work.isOver()) {
      const end = tally.send();
      const reason = await ask(urlOf(index), method, agent);
      end(reason === undefined ? {} : { reason });
      await pause(work, index);
    }
    agent.destroy();
  });
}

function ask(url: string, method: string, agent: http.Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.request(url, { method, agent, timeout: 45_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", () => undefined);
      response.on("close", () => {
        if (response.statusCode !== 200) resolve(`status ${response.statusCode ?? 0} ${text.slice(0, 100)}`);
        else resolve(response.complete && isGoodAnswer(text) ? undefined : "wrong body");
      });
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", (error) => {
      resolve(nameError(error));
    });
    request.end();
  });
}

/** The same clients, but for one thing: they do not look whether the connection was closed meanwhile. */
export function startBlind(port: number, clients = 12): RunningKind {
  return startClients("HTTP/1.1, pauses, without looking", clients, async (work, tally) => {
    let socket: net.Socket | undefined;
    while (!work.isOver()) {
      const end = tally.send();
      try {
        socket ??= await connect(port);
        await askBlindly(socket);
        end();
      } catch (error) {
        end({ reason: nameError(error) });
        socket?.destroy();
        socket = undefined;
      }
      await pauseForLong(work);
    }
    socket?.destroy();
  });
}

async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  // Whatever happens between two requests goes unseen.
  socket.on("error", () => undefined).pause();
  return socket;
}

function askBlindly(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    const finish = (error?: Error) => {
      clearTimeout(timer);
      socket.off("data", read).off("end", gone).off("close", gone).pause();
      if (error === undefined) resolve();
      else reject(error);
    };
    const gone = () => {
      finish(new Error("the connection was closed"));
    };
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const [head = "", body] = text.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity);
      if (body === undefined || body.length < length) return;
      if (head.startsWith("HTTP/1.1 200 ")) finish();
      else finish(new Error(head.slice(9, 12)));
    };
    const timer = setTimeout(gone, 45_000);
    socket.on("data", read).on("end", gone).on("close", gone);
    socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    socket.resume();
  });
}
