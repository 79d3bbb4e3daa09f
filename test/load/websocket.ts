import { randomBytes } from "node:crypto";
import http from "node:http";
import type { Duplex } from "node:stream";
import { nameError, type RunningKind, startClients, type Tally, type Work } from "./kinds";

const opcodes = { text: 1, close: 8 };

/**
 * Clients that have what they say echoed, and connect again when the connection ends. Some say something twice a second, others
 * every 25 seconds.
 */
export function startWebSockets(url: string, clients = 12): RunningKind {
  return startClients("WebSocket", clients, async (work, tally, index) => {
    const pauseMs = index % 3 === 0 ? 25_000 : 500;
    let endedAt: number | undefined;
    while (!work.isOver()) {
      const end = tally.send();
      let socket: Duplex;
      try {
        socket = await open(url);
      } catch (error) {
        end({ reason: nameError(error) });
        await work.pause(100);
        continue;
      }
      if (endedAt !== undefined) tally.took(performance.now() - endedAt);
      const code = await talk(socket, work, tally, pauseMs);
      endedAt = performance.now();
      if (work.isOver()) break;
      if (code === undefined) tally.cut("ended without a close frame");
      else tally.note(`closed with ${code}`);
    }
  });
}

function open(url: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString("base64");
    const headers = {
      ...{ Connection: "Upgrade", Upgrade: "websocket" },
      ...{ "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key },
    };
    const request = http.get(url, { agent: false, headers, timeout: 10_000 });
    request.on("upgrade", (_, socket) => {
      resolve(socket);
    });
    request.on("response", (response) => {
      response.resume();
      reject(new Error(`status ${response.statusCode ?? 0}`));
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", reject);
  });
}

/** Talks until the connection ends, or there is no more to do; gives the code of the server's close frame. */
async function talk(socket: Duplex, work: Work, tally: Tally, pauseMs: number): Promise<number | undefined> {
  let code: number | undefined;
  let ended = false;
  let said = 0;
  let heard = 0;
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const [first, length] = pending;
      if (first === undefined || length === undefined || pending.length < 2 + length) return;
      const payload = pending.subarray(2, 2 + length);
      if ((first & 0x0f) === opcodes.close) {
        code = payload.readUInt16BE(0);
        socket.end(encode(opcodes.close, payload));
      } else if (payload.toString() === String(heard + 1)) heard += 1;
      pending = pending.subarray(2 + length);
    }
  });
  socket.on("error", () => undefined).on("close", () => (ended = true));
  // By a call, because it changes while others run.
  const goesOn = () => !ended && code === undefined && !work.isOver();
  while (goesOn()) {
    socket.write(encode(opcodes.text, Buffer.from(String((said += 1)))));
    for (let waits = 0; waits < pauseMs / 10 && goesOn(); waits += 1) await work.pause(10);
  }
  if (said > heard && !work.isOver()) tally.note("messages without an echo");
  socket.destroy();
  return code;
}

/** A short frame as clients send it: masked, here by zeros. */
function encode(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** Clients that follow an event stream, one event each half second, and connect again when it ends. */
export function startEventStreams(url: string, clients = 6): RunningKind {
  return startClients("event stream", clients, async (work, tally) => {
    let endedAt: number | undefined;
    while (!work.isOver()) {
      const end = tally.send();
      const ending = await follow(url, work, () => {
        if (endedAt !== undefined) tally.took(performance.now() - endedAt);
      });
      endedAt = performance.now();
      if (work.isOver()) break;
      if (ending === "refused" || ending.startsWith("status")) end({ reason: ending });
      else if (ending === "cut") tally.cut("ended without its end");
      else tally.note("ended by the application");
      if (ending === "refused") await work.pause(100);
    }
  });
}

function follow(url: string, work: Work, onBegin: () => void): Promise<string> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false }, (response) => {
      if (response.statusCode !== 200) {
        request.destroy();
        resolve(`status ${response.statusCode ?? 0}`);
        return;
      }
      onBegin();
      response.resume();
      response.on("error", () => undefined);
      response.on("close", () => {
        resolve(response.complete ? "ended" : "cut");
      });
    });
    request.on("error", () => {
      resolve("refused");
    });
    void work.pause(2 ** 31 - 1).then(() => request.destroy());
  });
}
