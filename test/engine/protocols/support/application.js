"use strict";

// An application with the defaults of its runtime: it closes an idle connection after 5 seconds, for one.
const { createHash } = require("node:crypto");
const http = require("node:http");
const http2 = require("node:http2");
const { setTimeout: wait } = require("node:timers/promises");

const { env } = process;
const streams = new Set();
const agent = new http.Agent({ keepAlive: true });
let open = 0;

const describe = (more) =>
  JSON.stringify({ version: env.VERSION, served_by: { instance: env.INSTANCE_ID }, ...more });

async function upload(request, response) {
  const hash = createHash("sha256");
  for await (const chunk of request) hash.update(chunk);
  response.end(describe({ sha256: hash.digest("hex") }));
}

async function download(query, response) {
  const [pieces, bytes, ms] = ["pieces", "bytes", "ms"].map((name) => Number(query.get(name)));
  response.writeHead(200, { "Content-Type": "application/octet-stream" });
  for (let index = 0; index < pieces && !response.destroyed; index += 1) {
    response.write(Buffer.alloc(bytes, index % 251));
    await wait(ms);
  }
  response.end();
}

function askBehind(request, response) {
  const behind = http.request(env.UPSTREAM_URL, { agent, method: request.method }, async (answer) => {
    let text = "";
    for await (const chunk of answer) text += chunk;
    response.writeHead(answer.statusCode === 200 ? 200 : 502).end(describe({ upstream: text }));
  });
  behind.on("error", ({ code }) =>
    response.writeHead(502).end(`${behind.reusedSocket ? "kept" : "new"}: ${code}`),
  );
  behind.end();
}

function followEvents(response) {
  response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
  const timer = setInterval(() => response.write("data: tick\n\n"), 500);
  const close = () => response.end();
  streams.add(close);
  response.on("close", () => clearInterval(timer)).on("close", () => streams.delete(close));
}

async function answer(request, response) {
  open += 1;
  response.on("close", () => (open -= 1));
  const { pathname, searchParams } = new URL(request.url, "http://application");
  if (pathname === "/health") return response.writeHead(env.HEALTHY === "false" ? 503 : 200).end("ok");
  if (pathname === "/upload") return upload(request, response);
  if (pathname === "/download") return download(searchParams, response);
  if (pathname === "/events") return followEvents(response);
  if (pathname === "/through") return askBehind(request, response);
  if (pathname === "/slow") await wait(Number(searchParams.get("ms")));
  request.resume();
  response.end(describe());
}

const frame = (opcode, payload) => Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);

/** Echoes short messages; their mask is made of zeros. */
function upgrade(request, socket) {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
  const goAway = () => socket.end(frame(8, Buffer.from([1001 >> 8, 1001 & 0xff])));
  streams.add(goAway);
  socket.on("close", () => streams.delete(goAway)).on("error", () => {});
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 6 && pending.length >= 6 + (pending[1] & 0x7f)) {
      const end = 6 + (pending[1] & 0x7f);
      if ((pending[0] & 0x0f) === 1 && socket.writable) socket.write(frame(1, pending.subarray(6, end)));
      pending = pending.subarray(end);
    }
  });
}

const message = (text) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

async function call(stream, headers) {
  const body = [];
  for await (const chunk of stream) body.push(chunk);
  const text = Buffer.concat(body).subarray(5).toString();
  const watched = /\/Watch(\d+)$/.exec(headers[":path"]);
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  if (watched === null) return stream.end(message(`got ${text}`));
  for (let index = 1; index <= Number(watched[1]) && !stream.destroyed; index += 1) {
    stream.write(message(`${index} ${text}`));
    await wait(500);
  }
  stream.end();
}

const server =
  env.SPEAKS === "grpc"
    ? http2
        .createServer()
        .on("stream", (stream, headers) => call(stream, headers).catch(() => stream.destroy()))
    : http.createServer(
        (request, response) => void answer(request, response).catch(() => response.destroy()),
      );
server.on("upgrade", upgrade).listen(Number(env.PORT));

process.on("SIGTERM", () => {
  if (env.GRACEFUL === "false") process.exit(1);
  for (const close of streams) close();
  server.close(() => process.exit(0));
});
