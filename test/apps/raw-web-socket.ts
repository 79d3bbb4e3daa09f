import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** A frame from the server: its first byte and its payload. */
export interface Frame {
  first: number;
  payload: Buffer;
}

/** A WebSocket whose frames are seen as sent. */
export interface RawWebSocket {
  write(bytes: Buffer): void;
  readFrame(): Promise<Frame>;
}

/** Opens a WebSocket; fails with the head of the answer when it is refused. */
export async function openWebSocket(port: number, path = "/ws"): Promise<RawWebSocket> {
  const socket = net.connect(port, "127.0.0.1");
  let bytes = Buffer.alloc(0);
  let failure: Error | undefined;
  socket.on("data", (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  // A reset after the last frame is the end too; before it, it is why nothing more can be read.
  socket.on("error", (error) => (failure = error));
  async function read<Result>(take: () => Result | undefined): Promise<Result> {
    for (;;) {
      const result = take();
      if (result !== undefined) return result;
      if (failure !== undefined) throw failure;
      await wait(5);
    }
  }
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: demo\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const head = await read(() => {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const text = bytes.subarray(0, end).toString();
    bytes = bytes.subarray(end + 4);
    return text;
  });
  // The answer to the sample key of RFC 6455.
  if (!head.includes("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) throw new Error(head);
  return { write: (frame) => socket.write(frame), readFrame: () => read(takeFrame) };

  function takeFrame(): Frame | undefined {
    const shortLength = bytes[1];
    if (shortLength === undefined || (shortLength === 126 && bytes.length < 4)) return undefined;
    const start = shortLength === 126 ? 4 : 2;
    const end = start + (shortLength === 126 ? bytes.readUInt16BE(2) : shortLength);
    if (bytes.length < end) return undefined;
    const frame = { first: bytes[0] ?? 0, payload: Buffer.from(bytes.subarray(start, end)) };
    bytes = bytes.subarray(end);
    return frame;
  }
}

/** A frame as a client has to send it. */
export function maskFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([header, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}
