"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const net = require("node:net");
const os = require("node:os");
const { setTimeout: wait } = require("node:timers/promises");

const { env } = process;
const instance = env.INSTANCE_ID || os.hostname();
const version = env.VERSION || "1";
const pool = env.POOL || "";
const servedBy = { hostname: os.hostname(), container_id: os.hostname(), instance };
const startedAtSeconds = Date.now() / 1000;

// What a bad version does: a share of its requests fails, or all take longer.
const failPercent = Number(env.FAIL_PERCENT ?? 0);
const slowMs = Number(env.SLOW_MS ?? 0);

let healthy = env.HEALTHY !== "false";
let stopping = false;
const streams = new Set();
const counts = {
  total: 0,
  inFlight: 0,
  healthChecks: 0,
  othersAsked: 0,
  received: new Map(),
  answered: new Map(),
};
const bucketLimits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const buckets = bucketLimits.map((limit) => ({ limit, count: 0 }));
const duration = { sum: 0, count: 0 };
const digest = (algorithm, input, encoding) => crypto.createHash(algorithm).update(input).digest(encoding);
const increase = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

// Each process has a file of its own. What was written is kept when the process is killed, because it is the kernel's by then.
const ledger = env.LEDGER && fs.openSync(`${env.LEDGER}/${os.hostname()}-${Date.now()}`, "a");

/** Notes that a request is carried out, by the id that its client gave it. */
function noteExecution({ method, headers }) {
  const { "x-load-id": id = "" } = headers;
  if (!ledger || method !== "POST" || !/^\w+-\d+$/.test(id)) return;
  if (env.KEYED === "true") noteOnce(id);
  else fs.writeSync(ledger, `${id}\n`);
}

/** The same where requests may come again: one step that only the first of all replicas can do. */
function noteOnce(id) {
  try {
    fs.mkdirSync(`${env.LEDGER}/.once/${id}`, { recursive: false });
  } catch (error) {
    if (error.code === "EEXIST") return;
    fs.mkdirSync(`${env.LEDGER}/.once`, { recursive: true });
    noteOnce(id);
  }
}

function recordReceived(method, path) {
  const started = performance.now();
  const key = `${method} ${path}`;
  counts.total += 1;
  counts.inFlight += 1;
  // Callers choose the paths, so the number of keys needs a limit.
  const counted = counts.received.size < 1000 || counts.received.has(key);
  increase(counts.received, counted ? key : "other");
  return function recordAnswered(status) {
    const seconds = (performance.now() - started) / 1000;
    counts.inFlight -= 1;
    increase(counts.answered, `${method} ${status}`);
    duration.sum += seconds;
    duration.count += 1;
    for (const bucket of buckets) if (seconds <= bucket.limit) bucket.count += 1;
    if (env.LOG !== "false") console.log(`[${instance}] ${key} ${status} ${Math.round(seconds * 1000)} ms`);
  };
}

function renderMetrics() {
  const cpu = process.cpuUsage();
  const answered = [...counts.answered].map(([key, count]) => {
    const [method, status] = key.split(" ");
    return `http_requests_total{method="${method}",status="${status}"} ${count}\n`;
  });
  const bucketLine = ({ limit, count }) => `http_request_duration_seconds_bucket{le="${limit}"} ${count}\n`;
  return `# TYPE http_requests_total counter
${answered.join("")}# TYPE http_requests_in_flight gauge
http_requests_in_flight ${counts.inFlight}
# TYPE http_request_duration_seconds histogram
${[...buckets, { limit: "+Inf", count: duration.count }].map(bucketLine).join("")}\
http_request_duration_seconds_sum ${duration.sum}
http_request_duration_seconds_count ${duration.count}
# TYPE health_checks_total counter
health_checks_total ${counts.healthChecks}
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${(cpu.user + cpu.system) / 1e6}
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes ${process.memoryUsage.rss()}
# TYPE process_start_time_seconds gauge
process_start_time_seconds ${startedAtSeconds}
`;
}

function createRedisCounter({ hostname, port, username, password }) {
  const login = [username, password].filter(Boolean).map(decodeURIComponent);
  let socket;
  function connect() {
    const opened = net.connect(Number(port) || 6379, hostname.replace(/^\[|\]$/g, ""));
    const waiting = [];
    let received = "";
    opened
      .on("error", () => {})
      .on("close", () => {
        if (socket?.opened === opened) socket = undefined;
        for (const { reject } of waiting) reject(new Error("Redis does not answer"));
      });
    opened.setTimeout(2000, () => waiting.length > 0 && opened.destroy());
    opened.setEncoding("latin1").on("data", (chunk) => {
      const lines = (received + chunk).split("\r\n");
      received = lines.pop();
      for (const line of lines) {
        const { resolve, reject } = waiting.shift();
        if (line.startsWith("-")) reject(new Error(line.slice(1)));
        else resolve(Number(line.slice(1)));
      }
    });
    function send(...words) {
      const encoded = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("");
      opened.write(`*${words.length}\r\n${encoded}`);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    }
    // A refused login shows again in the answer to the next command.
    if (password) send("AUTH", ...login).catch(() => {});
    return { opened, send };
  }
  // Adding 0 reads the number with a reply of one line, like all other replies here.
  return (amount) => (socket ??= connect()).send("INCRBY", "visits", String(amount));
}

let visitsInMemory = 0;
const countInMemory = async (amount) => (visitsInMemory += amount);
const addVisits = env.REDIS_URL ? createRedisCounter(new URL(env.REDIS_URL)) : countInMemory;

function send(res, status, type, text) {
  if (stopping) res.setHeader("Connection", "close");
  res.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }).end(text);
}
const sendJson = (res, status, value) => send(res, status, "application/json", `${JSON.stringify(value)}\n`);

function answer({ req, res, path }, status, fields) {
  sendJson(res, status, { ...fields, version, pool, method: req.method, path, served_by: servedBy });
}

function readMilliseconds(query, fallback) {
  const value = Number(query.get("ms") ?? fallback);
  return value >= 0 ? Math.min(value, 600_000) : fallback;
}

async function readBody(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Connections are kept, but none that was idle for long: the other side may close it at the moment it is used.
const keptConnections = new http.Agent({ keepAlive: true, timeout: 5000 });

async function fetchJson(url) {
  if (!url) throw new Error("UPSTREAM_URL is not set");
  const response = await new Promise((resolve, reject) => {
    const options = { agent: keptConnections, signal: AbortSignal.timeout(30_000) };
    http.get(url, options, resolve).on("error", reject);
  });
  const text = String(await readBody(response));
  if (response.statusCode !== 200) throw new Error(`the upstream answered ${response.statusCode}`);
  return JSON.parse(text);
}

async function showVisit(exchange) {
  const visits = await addVisits(1).catch(() => null);
  answer(exchange, 200, { message: `Hello from ${instance}`, visits });
}

function streamEvents({ req, res }) {
  let id = Number(req.headers["last-event-id"]) || 0;
  const tickText = () => `id: ${(id += 1)}\ndata: ${JSON.stringify({ tick: id, instance, version })}\n\n`;
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  res.write(`retry: 1000\n\n${tickText()}`);
  const timer = setInterval(() => res.write(tickText()), 1000);
  const close = () => res.end();
  streams.add(close);
  res.on("close", () => clearInterval(timer)).on("close", () => streams.delete(close));
}

const routes = {
  __proto__: null,
  "/slow": async (exchange) => {
    const milliseconds = readMilliseconds(exchange.query, 2000);
    await wait(milliseconds);
    answer(exchange, 200, { waited_ms: milliseconds });
  },
  "/cpu": (exchange) => {
    const milliseconds = readMilliseconds(exchange.query, 100);
    for (const end = performance.now() + milliseconds; performance.now() < end;) digest("sha256", instance);
    answer(exchange, 200, { burned_ms: milliseconds });
  },
  "/fail": (exchange) => {
    const status = Number(exchange.query.get("status") ?? 500);
    const valid = Number.isInteger(status) && status >= 200 && status <= 599;
    answer(exchange, valid ? status : 400, { error: valid ? "asked to fail" : "status must be 200 to 599" });
  },
  "/hang": () => {},
  "/echo": (exchange) => {
    const sha256 = digest("sha256", exchange.body, "hex");
    answer(exchange, 200, { headers: exchange.req.headers, body: { length: exchange.body.length, sha256 } });
  },
  "/events": streamEvents,
  "/visits": async (exchange) => {
    answer(exchange, 200, { visits: await addVisits(exchange.req.method === "POST" ? 1 : 0) });
  },
  "/metrics": ({ res }) => send(res, 200, "text/plain; version=0.0.4", renderMetrics()),
  "/counts": ({ res }) => {
    const [received, answered] = [counts.received, counts.answered].map((map) => Object.fromEntries(map));
    sendJson(res, 200, { instance, version, pool, ...counts, received, answered });
  },
  "/upstream": async (exchange) => answer(exchange, 200, { upstream: await fetchJson(env.UPSTREAM_URL) }),
  "POST /crash": (exchange) => {
    exchange.res.on("finish", () => process.exit(1));
    answer(exchange, 202, { message: "crashing" });
  },
  "POST /health/set": (exchange) => {
    healthy = exchange.query.get("healthy") !== "false";
    answer(exchange, 200, { healthy });
  },
};

async function handle(req, res) {
  const [path, search] = req.url.split(/\?(.*)/s);
  res.setHeader("X-Instance-ID", instance);
  if (path === "/health") {
    counts.healthChecks += 1;
    // One that answers others for a while only: good at the first question, and not at the next.
    if (env.ANSWERS_TO_OTHERS && !/127\.0\.0\.1$/.test(req.socket.remoteAddress))
      if ((counts.othersAsked += 1) > Number(env.ANSWERS_TO_OTHERS))
        return sendJson(res, 500, { status: "tired" });
    return sendJson(res, healthy ? 200 : 503, { status: healthy ? "ok" : "unhealthy" });
  }
  const recordAnswered = recordReceived(req.method, path);
  // 499: the client left before it had its answer.
  res.on("close", () => recordAnswered(res.writableFinished ? res.statusCode : 499));
  const exchange = { req, res, path, query: new URLSearchParams(search) };
  try {
    exchange.body = await readBody(req);
    if (slowMs > 0) await wait(slowMs);
    if (Math.random() * 100 < failPercent) return answer(exchange, 500, { error: "FAIL_PERCENT is set" });
    noteExecution(req);
    const route = routes[`${req.method} ${path}`] ?? routes[path];
    if (!route && routes[`POST ${path}`]) answer(exchange, 405, { error: "use POST" });
    else await (route ?? showVisit)(exchange);
  } catch (error) {
    // What fails here is the upstream or Redis, unless the client left before the end of its request.
    if (req.complete) answer(exchange, 502, { error: error.message });
    else res.destroy();
  }
}

const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

function encodeFrame(opcode, payload) {
  const short = payload.length < 126;
  const header = Buffer.from([0x80 | opcode, short ? payload.length : 126, 0, 0]);
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([short ? header.subarray(0, 2) : header, payload]);
}

// Fragments, extensions and messages of 64 KiB or more are refused: an echo does not need them.
function decodeFrame(bytes) {
  if (bytes.length < 4) return undefined;
  const [opcode, shortLength] = [bytes[0] & 0x0f, bytes[1] & 0x7f];
  const valid = bytes[0] >> 4 === 8 && bytes[1] >= 0x80 && Object.values(opcodes).includes(opcode);
  if (!valid || shortLength === 127) return { error: valid ? 1009 : 1002 };
  const start = shortLength === 126 ? 8 : 6;
  const end = start + (shortLength === 126 ? bytes.readUInt16BE(2) : shortLength);
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(start - 4, start);
  return { opcode, end, payload: bytes.subarray(start, end).map((byte, index) => byte ^ mask[index % 4]) };
}

function handleUpgrade(req, socket, head) {
  const path = req.url.split("?")[0];
  const key = req.headers["sec-websocket-key"];
  const accepted = path === "/ws" && key && req.headers.upgrade.toLowerCase() === "websocket";
  const recordAnswered = recordReceived(req.method, path);
  socket.on("error", () => {}).on("close", () => recordAnswered(accepted ? 101 : 404));
  if (!accepted) return socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
  const token = digest("sha1", `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, "base64");
  const statusAndUpgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  socket.write(`${statusAndUpgrade}Sec-WebSocket-Accept: ${token}\r\nX-Instance-ID: ${instance}\r\n\r\n`);
  function close(code) {
    socket.end(encodeFrame(opcodes.close, Buffer.from([code >> 8, code & 0xff])));
    setTimeout(() => socket.destroy(), 1000).unref();
  }
  const goAway = () => close(1001);
  streams.add(goAway);
  socket.on("close", () => streams.delete(goAway)).on("end", () => socket.end());
  let pending = Buffer.alloc(0);
  function readFrames(chunk) {
    pending = Buffer.concat([pending, chunk]);
    while (socket.writable) {
      const frame = decodeFrame(pending);
      if (!frame) return;
      if (frame.error) return close(frame.error);
      if (frame.opcode === opcodes.close) return close(1000);
      const reply = frame.opcode === opcodes.ping ? opcodes.pong : frame.opcode;
      if (frame.opcode !== opcodes.pong) socket.write(encodeFrame(reply, frame.payload));
      pending = pending.subarray(frame.end);
    }
  }
  readFrames(head);
  socket.on("data", readFrames);
}

function fail(reason) {
  console.error(`[${instance}] cannot start: ${reason}`);
  process.exit(1);
}

// Longer than the proxy's 60 s, so that the proxy is the side that closes an idle connection.
const server = http.createServer({ keepAliveTimeout: 75_000 }, handle).on("upgrade", handleUpgrade);
server.on("error", ({ message }) => fail(message));

function shutDown() {
  if (env.GRACEFUL === "false") process.exit(1);
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  for (const close of streams) close();
  // server.close() also waits for accepted connections that never send a request.
  setInterval(() => counts.inFlight === 0 && process.exit(0), 200);
}
process.on("SIGTERM", shutDown).on("SIGINT", shutDown);

if (env.FAIL_START === "true") fail("FAIL_START is set");
const listening = () => console.log(`[${instance}] listens on port ${server.address().port}`);
setTimeout(() => server.listen(env.PORT || 3000, env.HOST, listening), Number(env.START_DELAY_MS ?? 0));
