import { controlPort } from "../control-port";
import { parseTries } from "./lines";

/** Most requests that wait at a time; more would only fill the memory. */
const mostWaiting = 1000;
/** Milliseconds between two looks. */
const pauseMs = 200;
/** Most times that one request waits: Nginx lets a request change its location ten times. */
const mostRounds = 4;

/** What a request met before it came here, in Nginx's variables. */
export interface Met {
  method: string;
  /** `$upstream_addr`, `$upstream_status`, `$upstream_connect_time` and `$upstream_response_time`. */
  addresses: string;
  statuses: string;
  connectTimes: string;
  times: string;
  /** Whether requests that change something are repeated although they were sent. */
  repeatsWrites: boolean;
}

/**
 * Seconds that a request may still wait for a replica; 0 when it must not be repeated. One that changes something may
 * have been carried out as soon as it was sent; a replica that took too long to answer would do so again.
 */
export function findPatience(met: Met, holdSeconds: number): number {
  const rounds = met.addresses.split(/, | : /).map((address, i) => ({
    isWait: address === `127.0.0.1:${controlPort}`,
    isConnected: (met.connectTimes.split(/, | : /)[i] ?? "-") !== "-",
    seconds: Number(met.times.split(/, | : /)[i]) || 0,
  }));
  const waits = rounds.filter(({ isWait }) => isWait);
  const wasSent = rounds.some(({ isWait, isConnected }) => !isWait && isConnected);
  const last = parseTries(met.addresses, met.statuses, met.times).pop();
  const isWrite = !/^(?:GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/.test(met.method);
  if (waits.length >= mostRounds) return 0;
  if (wasSent && (last?.status === 504 || (isWrite && !met.repeatsWrites))) return 0;
  return Math.max(0, holdSeconds - waits.reduce((sum, { seconds }) => sum + seconds, 0));
}

/** Waits until a replica of an upstream answers; false when none did in time, or too many wait already. */
export async function waitForReplica(upstream: string, id: string, seconds: number): Promise<boolean> {
  const locks = ngx.shared.flotilla_locks;
  const deadline = Date.now() + seconds * 1000;
  if (countWaiting() >= mostWaiting) return false;
  while (Date.now() < deadline) {
    locks.set(`waiting ${id}`, "1", 2000);
    if (locks.has(`alive ${upstream}`)) break;
    if (locks.add(`asking ${upstream}`, "1", 2000)) {
      const isAlive = await answers(upstream);
      if (isAlive) locks.set(`alive ${upstream}`, "1", pauseMs * 2);
      locks.delete(`asking ${upstream}`);
      if (isAlive) break;
    }
    await pause();
  }
  locks.delete(`waiting ${id}`);
  return Date.now() < deadline;
}

/** Number of requests that wait. */
export function countWaiting(): number {
  const keys = ngx.shared.flotilla_locks.keys(mostWaiting + 100);
  return keys.filter((key) => key.startsWith("waiting ")).length;
}

async function answers(upstream: string): Promise<boolean> {
  try {
    const { status } = await ngx.fetch(`http://127.0.0.1:${controlPort}/probe/${upstream}`);
    return status !== 502 && status !== 504;
  } catch {
    return false;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
}
