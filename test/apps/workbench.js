"use strict";

// Does what each request asks it to, and tells on a port of its own what it saw.

const http = require("node:http");
const http2 = require("node:http2");

const instance = process.env.INSTANCE_ID ?? "";
const places = { http: 3001, plain: 3002, grpc: 50051, control: 3100 };
const seen = {};
const streams = new Set();
const sockets = new Set();

function reset() {
  Object.assign(seen, { requests: {}, headers: {}, uploads: {}, connections: [], busiest: 0 });
}
reset();
let underWay = 0;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function readWishes(query) {
  const only = query.get("only")?.split(",") ?? [instance];
  const wishes = only.includes(instance) ? query : new URLSearchParams();
  return {
    status: Number(wishes.get("status") ?? 200),
    milliseconds: Number(wishes.get("ms") ?? 0),
    drops: wishes.has("drop"),
    size: query.has("size") ? Number(query.get("size")) : undefined,
    type: query.get("type") ?? "application/json",
    headers: query.getAll("header").map((line) => line.split(/:\s*(.*)/s)),
  };
}

async function handle(req, res) {
  const { pathname, searchParams } = new URL(req.url, "http://workbench");
  const key = `${req.method} ${pathname}`;
  seen.requests[key] = (seen.requests[key] ?? 0) + 1;
  seen.headers[pathname] = req.headers;
  underWay += 1;
  seen.busiest = Math.max(seen.busiest, underWay);
  res.on("close", () => (underWay -= 1));
  if (pathname.startsWith("/events")) return openStream(res, searchParams.has("unframed"));
  const length = await readBody(req, pathname);
  // A wish in a header leaves the address as it is.
  for (const [name, value] of new URLSearchParams(req.headers["x-wish"])) searchParams.append(name, value);
  const { status, milliseconds, drops, size, type, headers } = readWishes(searchParams);
  if (milliseconds > 0) await wait(milliseconds);
  if (drops) return req.socket.destroy();
  res.setHeader("X-Answered-By", instance);
  for (const [name, value] of headers) res.appendHeader(name, value);
  const number = seen.requests[key];
  const text =
    size === undefined
      ? JSON.stringify({ instance, method: req.method, url: req.url, number, headers: req.headers, length })
      : "a line of text that repeats\n".repeat(size / 28 + 1).slice(0, size);
  res.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }).end(text);
}

async function readBody(req, pathname) {
  const upload = { bytes: 0, done: false };
  seen.uploads[pathname] = upload;
  for await (const chunk of req) upload.bytes += chunk.length;
  upload.done = true;
  return upload.bytes;
}

function openStream(res, unframed) {
  // As of applications whose answers end with the connection.
  if (unframed) Object.assign(res, { useChunkedEncodingByDefault: false, shouldKeepAlive: false });
  res.writeHead(200, { "Content-Type": "text/event-stream" });
  res.write(`data: hello from ${instance}\n\n`);
  streams.add(res);
  res.on("close", () => streams.delete(res));
}

// As a gRPC library would: a message is a byte that says whether it is compressed, its length, and itself.
function call(stream, headers) {
  const path = headers[":path"];
  seen.requests[`CALL ${path}`] = (seen.requests[`CALL ${path}`] ?? 0) + 1;
  seen.headers[path] = headers;
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => {
    const message = Buffer.concat(chunks).subarray(5);
    const answer = Buffer.from(`${instance} got ${message}`);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(answer.length, 1);
    const fails = path.endsWith("/Fail");
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () =>
      stream.sendTrailers(
        fails ? { "grpc-status": "5", "grpc-message": "no such order" } : { "grpc-status": "0" },
      ),
    );
    stream.end(fails ? undefined : Buffer.concat([head, answer]));
  });
}

const server = http.createServer({ keepAliveTimeout: 300_000 }, handle);
server.on("request", ({ socket }) => {
  // After a reset a kept connection counts anew.
  if (!seen.connections.includes(socket.seenAs)) seen.connections.push((socket.seenAs = { requests: 0 }));
  socket.seenAs.requests += 1;
});
server.on("connection", (socket) => {
  const since = Date.now();
  sockets.add(socket);
  socket.on("end", () => {
    if (socket.seenAs) socket.seenAs.closedBy = "balancer";
  });
  socket.on("close", () => {
    sockets.delete(socket);
    if (socket.seenAs) Object.assign(socket.seenAs, { openMs: Date.now() - since });
  });
});
const calls = http2.createServer().on("stream", call);

const orders = {
  "/seen": () => undefined,
  "/reset": () => reset(),
  "/tell": (query) => streams.forEach((stream) => stream.write(`data: ${query.get("text")}\n\n`)),
  "/refuse": () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  },
  "/listen": () => new Promise((resolve) => server.listen(places.http, resolve)),
};

http
  .createServer(async (req, res) => {
    const { pathname, searchParams } = new URL(req.url, "http://control");
    await orders[pathname]?.(searchParams);
    res.end(JSON.stringify({ instance, streams: streams.size, ...seen }));
  })
  .listen(places.control);
// With Node's own time-outs, and a little to compute for each request.
http
  .createServer((req, res) =>
    req.resume().on("end", () => {
      for (const since = performance.now(); performance.now() - since < 2;);
      res.end("done");
    }),
  )
  .listen(places.plain);
server.listen(places.http);
calls.listen(places.grpc);
process.on("SIGTERM", () => process.exit(0));
