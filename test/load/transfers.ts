import { createHash } from "node:crypto";
import http from "node:http";
import { nameError, type RunningKind, startClients, type Ending } from "./kinds";

const pieceBytes = 8192;
const piecesPerSecond = 8;

/** The content of a transfer, piece by piece; the application makes the same. */
function piece(index: number): Buffer {
  return Buffer.alloc(pieceBytes, index % 251);
}

function hashOf(pieces: number): string {
  const hash = createHash("sha256");
  for (let index = 0; index < pieces; index += 1) hash.update(piece(index));
  return hash.digest("hex");
}

/** Clients that send a body for so long; the application tells its hash. */
export function startUploads(url: string, seconds: number, clients = 6): RunningKind {
  const pieces = seconds * piecesPerSecond;
  const expected = hashOf(pieces);
  return startTransfers(`uploads of ${seconds} s`, seconds, clients, () =>
    transfer(`${url}/upload`, pieces, (text) => text.includes(expected)),
  );
}

/** Clients that receive a body for so long, and compare its hash. */
export function startDownloads(url: string, seconds: number, clients = 6): RunningKind {
  const pieces = seconds * piecesPerSecond;
  const expected = hashOf(pieces);
  const path = `/download?pieces=${pieces}&bytes=${pieceBytes}&ms=${1000 / piecesPerSecond}`;
  return startTransfers(`downloads of ${seconds} s`, seconds, clients, () =>
    transfer(`${url}${path}`, 0, (_, hash) => hash === expected),
  );
}

function startTransfers(
  kind: string,
  seconds: number,
  clients: number,
  transferOnce: () => Promise<Ending>,
): RunningKind {
  return startClients(kind, clients, async (work, tally, index) => {
    // Others begin and end at every moment.
    await work.pause((index * seconds * 1000) / clients);
    while (!work.isOver()) {
      const end = tally.send();
      end(await transferOnce());
      await work.pause(100);
    }
  });
}

/** Sends a body of so many pieces, in its time, and judges the answer. */
function transfer(
  url: string,
  pieces: number,
  isGood: (text: string, hash: string) => boolean,
): Promise<Ending> {
  return new Promise((resolve) => {
    const isUpload = pieces > 0;
    const headers = isUpload ? { "Content-Length": String(pieces * pieceBytes) } : {};
    let begun = false;
    let sent = 0;
    const request = http.request(url, { method: isUpload ? "POST" : "GET", agent: false, headers });
    const end = (ending: Ending) => {
      clearInterval(timer);
      clearTimeout(deadline);
      resolve(ending);
    };
    const timer = setInterval(() => {
      if (sent < pieces) request.write(piece(sent));
      sent += 1;
      if (sent >= pieces) {
        clearInterval(timer);
        request.end();
      }
    }, 1000 / piecesPerSecond);
    if (!isUpload) request.end();
    const deadline = setTimeout(() => request.destroy(new Error("timeout")), 180_000);
    request.on("error", (error) => {
      // What was sent for long is cut, not refused.
      end({ reason: nameError(error), cut: begun || sent > 0 });
    });
    request.on("response", (response) => {
      begun = true;
      const hash = createHash("sha256");
      let text = "";
      response.on("data", (chunk: Buffer) => {
        hash.update(chunk);
        if (text.length < 1000) text += chunk.toString("latin1");
      });
      response.on("error", () => undefined);
      response.on("close", () => {
        if (!response.complete) end({ reason: "the answer was cut", cut: true });
        else if (response.statusCode !== 200)
          end({ reason: `status ${response.statusCode ?? 0}`, cut: true });
        else if (isGood(text, hash.digest("hex"))) end({});
        else end({ reason: "other content" });
      });
    });
  });
}
