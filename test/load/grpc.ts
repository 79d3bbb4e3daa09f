import { count, Http2Client } from "./http2";
import { type RunningKind, startClients } from "./kinds";

/** How calls are made. */
export interface GrpcOptions {
  url: string;
  ca: string;
}

/** Messages of a call whose answer is a stream of them, one each half second. */
const streamed = 12;

/** Clients that make calls with one message as the answer, over a kept connection each. */
export function startUnary({ url, ca }: GrpcOptions): RunningKind {
  return startClients("gRPC, unary", 12, async (work, tally) => {
    const client = new Http2Client(url, ca);
    while (!work.isOver()) {
      await count(tally, (onRefused) => call(client, "/shop.Orders/Place", ["got anchor"], onRefused));
      await work.pause(30);
    }
    client.close();
  });
}

/** Clients whose calls are answered by many messages, all of which have to come. */
export function startServerStreaming({ url, ca }: GrpcOptions): RunningKind {
  const expected = Array.from({ length: streamed }, (_, index) => `${index + 1} anchor`);
  return startClients("gRPC, server streaming", 6, async (work, tally, index) => {
    const client = new Http2Client(url, ca);
    await work.pause(index * 900);
    while (!work.isOver()) {
      await count(tally, (onRefused) => call(client, `/shop.Orders/Watch${streamed}`, expected, onRefused));
      await work.pause(100);
    }
    client.close();
  });
}

async function call(
  client: Http2Client,
  path: string,
  expected: string[],
  onRefused: () => void,
): Promise<string | undefined> {
  const headers = { ":method": "POST", ":path": path, te: "trailers", "content-type": "application/grpc" };
  const answer = await client.ask(headers, frame("anchor"), onRefused);
  const status = answer.trailers["grpc-status"] ?? answer.headers["grpc-status"];
  if (answer.status !== 200 || status !== "0")
    return `status ${answer.status}, grpc-status ${String(status)}`;
  return readMessages(answer.body).join() === expected.join() ? undefined : "wrong messages";
}

/** A message as it is sent: whether it is compressed, its length, and itself. */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

function readMessages(body: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < body.length;) {
    const length = body.readUInt32BE(at + 1);
    messages.push(body.subarray(at + 5, at + 5 + length).toString());
    at += 5 + length;
  }
  return messages;
}
