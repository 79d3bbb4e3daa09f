import http from "node:http";
import https from "node:https";
import { performance } from "node:perf_hooks";

import { loadHeader, type Kind, type Method, type Outcome, type Recorder } from "./report";

/** What the clients do, complete: `startLoad` fills in the defaults. */
export interface LoadSettings {
  /** Name of the load, which no other has. */
  load: string;
  url: string;
  clients: Record<Kind, number>;
  method?: Method | undefined;
  headers: Record<string, string>;
  /** Certificates in PEM that the clients trust, for an address of TLS. */
  ca?: string | undefined;
  paceMs: { busy: number; fresh: number };
  idleMs: { min: number; max: number };
  slowMs: number;
  /** Path for slow requests, from the URL; `<ms>` stands for their time. */
  slowPath: string;
  /** Path for the other POSTs, from the URL, and the body of all. */
  post: { path: string; body: string };
  /** Text that every good answer contains; otherwise it is JSON that says who served it. */
  answer?: string | undefined;
  timeoutMs: number;
  seed: number;
}

/** Clients at work. */
export interface RunningClients {
  /** Lets the requests under way finish, then closes the connections. */
  stop(): Promise<void>;
}

/** Where a request goes, and how long it asks the application to take. */
interface Target {
  url: string;
  askedMs: number;
}

interface Client {
  kind: Kind;
  method: Method;
  target: Target;
  /** Where its first request goes. */
  firstTarget: Target;
  pauseMs: () => number;
}

type Ending = Pick<Outcome, "answered" | "connected" | "reason" | "instance" | "version">;

/** Starts all clients of the settings; `elapsedMs` is the clock of the load. */
export function runClients(
  settings: LoadSettings,
  recorder: Recorder,
  elapsedMs: () => number,
): RunningClients {
  const random = createRandom(settings.seed);
  const wakeUps = new Set<() => void>();
  let stopping = false;

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        wakeUps.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      wakeUps.add(wake);
    });
  }

  async function run(client: Client): Promise<void> {
    const agent = createAgent(client, settings);
    // A random start keeps clients of one pace from sending all at the same moment.
    await pause(random() * client.pauseMs());
    let target = client.firstTarget;
    while (!isStopping()) {
      const { kind, method } = client;
      const { url, askedMs } = target;
      const number = method === "POST" ? recorder.nextNumber() : undefined;
      const startedMs = elapsedMs();
      recorder.sent(kind, method);
      const ending = await sendRequest({ method, url, number }, agent, settings);
      target = client.target;
      recorder.ended({ kind, method, startedMs, endedMs: elapsedMs(), askedMs, number, ...ending });
      if (!isStopping()) await pause(client.pauseMs());
    }
    agent.destroy();
  }

  const isStopping = () => stopping;
  const running = listClients(settings, random).map(run);
  return {
    stop: async () => {
      stopping = true;
      for (const wake of wakeUps) wake();
      await Promise.all(running);
    },
  };
}

/** Milliseconds since now, for `runClients` and the report. */
export function startClock(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}

function listClients(settings: LoadSettings, random: () => number): Client[] {
  const { url, clients, paceMs, idleMs, slowMs, slowPath } = settings;
  const below = (path: string) => (path === "" ? url : new URL(path, `${url.replace(/\/+$/, "")}/`).href);
  const slow = (ms: number): Target => ({
    url: below(slowPath.replace("<ms>", String(Math.round(ms)))),
    askedMs: ms,
  });
  const usual = (method: Method): Target => ({
    url: method === "POST" ? below(settings.post.path) : url,
    askedMs: 0,
  });
  const both: Method[] = ["GET", "POST"];
  const repeat = (
    kind: Kind,
    methods: readonly Method[],
    target: (method: Method) => Target,
    pauseMs: () => number,
    firstTarget = target,
  ): Client[] => {
    const wanted = methods.filter((method) => settings.method === undefined || method === settings.method);
    if (wanted.length === 0) return [];
    return Array.from({ length: clients[kind] }, (_, index) => {
      const method = wanted[index % wanted.length] ?? "GET";
      return { kind, method, target: target(method), firstTarget: firstTarget(method), pauseMs };
    });
  };
  return [
    ...repeat("busyGet", ["GET"], usual, () => paceMs.busy),
    ...repeat("busyPost", ["POST"], usual, () => paceMs.busy),
    // Requests of one length that begin together would end together, and leave a moment without any.
    ...repeat(
      "slow",
      both,
      () => slow(slowMs),
      () => paceMs.busy,
      () => slow(random() * slowMs),
    ),
    ...repeat("idle", ["GET"], usual, () => idleMs.min + random() * (idleMs.max - idleMs.min)),
    ...repeat("fresh", both, usual, () => paceMs.fresh),
  ];
}

function moduleOf(url: string): typeof http | typeof https {
  return url.startsWith("https:") ? https : http;
}

function createAgent({ target: { url }, kind }: Client, { ca }: LoadSettings): http.Agent {
  const { Agent } = moduleOf(url);
  return new Agent({ keepAlive: kind !== "fresh", maxSockets: 1, ...(ca === undefined ? {} : { ca }) });
}

function sendRequest(
  { method, url, number }: { method: Method; url: string; number: number | undefined },
  agent: http.Agent,
  settings: LoadSettings,
): Promise<Ending> {
  return new Promise((resolve) => {
    let response: http.IncomingMessage | undefined;
    const { request: send } = moduleOf(url);
    const identity = number === undefined ? {} : { [loadHeader]: `${settings.load}-${number}` };
    const request = send(url, { method, agent, headers: { ...settings.headers, ...identity } });
    // Only the first end counts: destroying a request after a timeout raises an error as well.
    const end = (reason: string | undefined, version?: string) => {
      clearTimeout(timer);
      const header = response?.headers["x-instance-id"];
      const instance = typeof header === "string" ? header : undefined;
      resolve({
        answered: response !== undefined,
        connected: !request.reusedSocket,
        reason,
        instance,
        version,
      });
    };
    const timer = setTimeout(() => {
      end("timeout");
      request.destroy();
    }, settings.timeoutMs);
    request.on("error", (error: NodeJS.ErrnoException) => {
      end(response === undefined ? (error.code ?? error.message) : "cut");
    });
    request.on("response", (received) => {
      response = received;
      const chunks: Buffer[] = [];
      const status = received.statusCode ?? 0;
      const isGood = status >= 200 && status < 300;
      const cut = () => {
        end(isGood ? "cut" : `status ${status}`);
      };
      received.on("data", (chunk: Buffer) => chunks.push(chunk));
      received.on("error", cut).on("close", cut);
      received.on("end", () => {
        if (!isGood || !received.complete) {
          cut();
          return;
        }
        const body = readAnswer(Buffer.concat(chunks).toString(), settings.answer);
        end(body === undefined ? "wrong body" : undefined, body?.version);
      });
    });
    if (method === "POST") request.setHeader("Content-Type", "application/json");
    request.end(method === "POST" ? settings.post.body : undefined);
  });
}

function readAnswer(text: string, expected: string | undefined): { version?: string } | undefined {
  if (expected !== undefined) return text.includes(expected) ? {} : undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null || !("served_by" in body)) return undefined;
  return "version" in body && typeof body.version === "string" ? { version: body.version } : {};
}

/** A repeatable random number generator (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
