import fs from "fs";
import { isControl } from "../own-place";
import { mostHeldSeconds, places } from "../places";
import { findWhoAnswers } from "./answers";
import { between } from "./lines";

/** Most requests that wait at a time; more would only fill the memory. */
const mostWaiting = 1000;
/** Milliseconds between two looks. */
const pauseMs = 200;
/** Most times that one request waits: Nginx lets a request change its location ten times, and it does so twice a round. */
const mostRounds = 3;
/** Milliseconds for which a request that waits is counted; it says twice within them that it still does. */
const countedMs = 2000;

/** The past of a request before it came here, in Nginx's variables. */
export interface Met {
  method: string;
  /** `$upstream_addr`, `$upstream_status`, `$upstream_bytes_sent` and `$upstream_response_time`. */
  addresses: string;
  statuses: string;
  bytesSent: string;
  times: string;
  /** Whether requests that change something are repeated although they were sent. */
  repeatsWrites: boolean;
}

/** The future of a request. */
export interface Prospect {
  /** Seconds that it may still wait for a replica; 0 when it must not be sent again. */
  patience: number;
  /** Status of its answer when none comes. */
  status: 503 | 504;
  /** Whether it waited before, and the replica that was seen then did not take it. */
  waitedInVain: boolean;
}

/**
 * Finds the future of a request. One that changes something may have been carried out as soon as it was sent; a
 * replica that took too long to answer would do so again.
 */
export function findProspect(met: Met, holdSeconds: number): Prospect {
  const [statuses = [], bytesSent = [], times = []] = [met.statuses, met.bytesSent, met.times].map((list) =>
    list.split(between),
  );
  const tries = met.addresses.split(between).map((address, i) => ({
    isWait: isControl(address),
    // A connection that was refused took some time too.
    wasSent: Number(bytesSent[i]) > 0,
    status: statuses[i],
    seconds: Number(times[i]) || 0,
  }));
  const waits = tries.filter(({ isWait }) => isWait);
  // Whoever waited before anybody was asked was held, which takes nothing off.
  const wasHeld = tries[0]?.isWait === true;
  const wasSent = tries.some((each) => !each.isWait && each.wasSent);
  const isLate = tries.some((each) => !each.isWait && each.wasSent && each.status === "504");
  const isRepeatable = met.repeatsWrites || /^(?:GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/.test(met.method);
  const waited = waits.slice(wasHeld ? 1 : 0).reduce((sum, { seconds }) => sum + seconds, 0);
  const mayWait = waits.length < mostRounds && !isLate && (!wasSent || isRepeatable);
  return {
    patience: mayWait ? Math.max(0, holdSeconds - waited) : 0,
    status: isLate ? 504 : 503,
    waitedInVain: waits.length > 0,
  };
}

/** Waits until a replica of an upstream answers, and gives its address; undefined when none did in time, or too many wait already. */
export async function waitForReplica(
  upstream: string,
  id: string,
  { patience, waitedInVain }: Prospect,
): Promise<string | undefined> {
  const locks = ngx.shared.flotilla_locks;
  const deadline = Date.now() + patience * 1000;
  if (waitedInVain) locks.delete(`alive ${upstream}`);
  let found: string | undefined;
  await waitWhile(id, () => {
    found = locks.get(`alive ${upstream}`);
    if (found !== undefined || Date.now() >= deadline) return false;
    // A question may take a second at each address that nobody has any more; others must not wait for it.
    if (locks.add(`asking ${upstream}`, "1", pauseMs)) void look(upstream);
    return true;
  });
  return found;
}

/** Waits for as long as an operator holds the requests of an upstream; false when too many wait already. */
export function waitWhileHeld(upstream: string, id: string): Promise<boolean> {
  const latest = Date.now() + mostHeldSeconds * 1000;
  // Who says another time, or an end, says it to those that wait too.
  return waitWhile(id, () => Date.now() < Math.min(latest, readHeld(upstream)));
}

/** Until when requests are held; 0 when they are not. */
function readHeld(upstream: string): number {
  try {
    return Number(fs.readFileSync(`${places.held}${upstream}`, "utf8")) * 1000 || 0;
  } catch {
    return 0;
  }
}

/** Has a request wait, and counts it; false when too many wait already. */
async function waitWhile(id: string, mustWait: () => boolean): Promise<boolean> {
  const locks = ngx.shared.flotilla_locks;
  if (countWaiting() >= mostWaiting) return false;
  for (let said = 0; mustWait();) {
    if (Date.now() - said > countedMs / 2) {
      said = Date.now();
      locks.set(`waiting ${id}`, "1", countedMs);
    }
    await pause();
  }
  locks.delete(`waiting ${id}`);
  return true;
}

/** Number of requests that wait. */
export function countWaiting(): number {
  const keys = ngx.shared.flotilla_locks.keys(mostWaiting + 100);
  return keys.filter((key) => key.startsWith("waiting ")).length;
}

async function look(upstream: string): Promise<void> {
  // Whatever it says: what is asked for may be a path that answers.
  const address = await findWhoAnswers({ name: upstream, takesAnyAnswer: true });
  if (address !== undefined) ngx.shared.flotilla_locks.set(`alive ${upstream}`, address, pauseMs * 2);
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
}
