import { setTimeout as wait } from "node:timers/promises";
import { Recorder } from "./record";
import { type Route, takeTurns } from "./routes";
import { createAgents, destroyAgents, send } from "./send";

/** How fast a load sends: so many requests a second whatever comes back, or each client the next one when it is answered. */
export type Pace = { rate: number } | { connections: number };

/** Settings of a load, complete. */
export interface LoadSettings {
  /** With an address each. */
  routes: Route[];
  pace: Pace;
  seconds: number;
  /** How many requests there are at most. */
  requests: number;
  timeoutSeconds: number;
  headers: Record<string, string>;
  body?: string | undefined;
  /** Whether a certificate that nobody vouches for ends a request. */
  checksCertificates: boolean;
}

/** A load at work. */
export interface Load {
  /** Milliseconds since it began. */
  elapsedMs(): number;
  /** Counts the requests until a part begins. */
  first: Recorder;
  /** Begins a part of the load: counts the requests that are due from now on apart. */
  begin(): Recorder;
  /** Ends it before its time; the requests under way are waited for. */
  stop(): Promise<void>;
  /** Until the last request has ended. */
  ended: Promise<void>;
}

/** Connections that a load of a constant rate has at most; what waits for one waits in its own time. */
const mostConnections = 512;

/** Milliseconds before a client that got no answer tries again. */
const pauseMs = 50;

/** Starts a load; it ends after its seconds or its requests, whatever comes first. */
export function startLoad(settings: LoadSettings): Load {
  const { routes, pace, seconds, requests, timeoutSeconds, headers, body, checksCertificates } = settings;
  const agents = createAgents("rate" in pace ? mostConnections : pace.connections, checksCertificates);
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  const next = takeTurns(routes);
  const over = new AbortController();
  const first = new Recorder();
  let recorder = first;
  let sent = 0;
  // A constant rate sends all that it says, however late.
  const most = "rate" in pace ? Math.min(requests, Math.round(pace.rate * seconds)) : requests;
  const lastMs = "rate" in pace ? Infinity : seconds * 1000;

  const isOver = (): boolean => over.signal.aborted || sent >= most || elapsedMs() >= lastMs;

  async function sendNext(dueMs: number): Promise<boolean> {
    sent += 1;
    const route = next();
    const own = recorder;
    const sentMs = elapsedMs();
    const outgoing = {
      method: route.method,
      url: route.target,
      headers,
      body,
      timeoutMs: timeoutSeconds * 1000,
    };
    const ending = await send(outgoing, agents);
    own.add({ route, dueMs, sentMs, endedMs: elapsedMs(), ...ending });
    return ending.status !== undefined;
  }

  async function keepRate(rate: number): Promise<void> {
    const underWay = new Set<Promise<unknown>>();
    // Counted from the number of the request: a moment in which this program did something else is made up for.
    const dueMs = (): number => (sent * 1000) / rate;
    while (!isOver()) {
      while (!isOver() && dueMs() <= elapsedMs()) {
        const one = sendNext(dueMs());
        underWay.add(one);
        void one.finally(() => underWay.delete(one));
      }
      await wait(Math.max(1, dueMs() - elapsedMs()), undefined, over).catch(() => undefined);
    }
    await Promise.all(underWay);
  }

  async function keepAsking(): Promise<void> {
    while (!isOver())
      if (!(await sendNext(elapsedMs()))) await wait(pauseMs, undefined, over).catch(() => undefined);
  }

  const working =
    "rate" in pace
      ? keepRate(pace.rate)
      : Promise.all(Array.from({ length: pace.connections }, keepAsking)).then(() => undefined);
  const ended = working.finally(() => {
    destroyAgents(agents);
  });
  return {
    elapsedMs,
    first,
    begin: () => (recorder = new Recorder()),
    stop: () => {
      over.abort();
      return ended;
    },
    ended,
  };
}
