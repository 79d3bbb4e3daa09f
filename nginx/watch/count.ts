import fs from "fs";
import { type CanaryStep, compareTries, forgetSteps, readCanaryStep } from "./canary";
import { countRequest } from "./counters";
import { countLines, parseLine } from "./lines";
import { logSeconds, places } from "../places";
import { readReplicas, type Replica } from "./replicas";
import type { WatchSettings } from "./settings";

/** Most bytes that are read of a log at once; the rest follows a second later. */
const mostBytes = 4 * 1024 * 1024;

/** Counts the requests that were logged since the last time; gives the names of the replicas that failed one. */
export function countLogged(settings: WatchSettings): Set<string> {
  // For a moment after a reload the old and the new worker are both there.
  if (!ngx.shared.flotilla_locks.add("counting", "1")) return new Set();
  try {
    // Before the logs, because what was read of them is not read again.
    const replicas = readReplicas();
    const step = readCanaryStep();
    forgetSteps(step);
    const text = places.logs.map((log, half) => readNew(log, half)).join("");
    return text === "" ? new Set() : count(text, replicas, settings, step);
  } finally {
    ngx.shared.flotilla_locks.delete("counting");
  }
}

function count(
  text: string,
  known: Replica[],
  settings: WatchSettings,
  step: CanaryStep | undefined,
): Set<string> {
  const replicas = new Map(known.map((replica) => [replica.address, replica]));
  const sums = new Map<string, number>();
  const failed = new Set<string>();
  const add = (key: string, by: number): void => {
    sums.set(key, (sums.get(key) ?? 0) + by);
  };
  for (const [line, times] of countLines(text)) {
    const request = parseLine(line);
    for (const name of countRequest(request, times, { replicas, settings }, add)) failed.add(name);
    if (step !== undefined) compareTries(request, times, { step, replicas }, add);
  }
  for (const [key, by] of sums) ngx.shared.flotilla_counts.incr(key, by, 0);
  return failed;
}

/** Reads what a log holds beyond what was read before. */
function readNew(log: string, half: number): string {
  const { size } = fs.statSync(log);
  const key = `read ${half}`;
  const held = Number(ngx.shared.flotilla_watch.get(key) ?? 0);
  const start = held > size ? 0 : held;
  const text = size > start ? readPart(log, start, Math.min(size - start, mostBytes)) : "";
  const end = start + text.length;
  if (end === size && size > 0 && isIdle(half)) {
    fs.writeFileSync(log, "");
    ngx.shared.flotilla_watch.set(key, "0");
  } else if (end !== held) ngx.shared.flotilla_watch.set(key, String(end));
  return text;
}

/** Whole lines of a file, in which every character is one byte. */
function readPart(file: string, start: number, length: number): string {
  const descriptor = fs.openSync(file, "r");
  try {
    const buffer = Buffer.alloc(length);
    const read = fs.readSync(descriptor, buffer, 0, length, start);
    const text = buffer.subarray(0, read).toString("utf8");
    return text.slice(0, text.lastIndexOf("\n") + 1);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Whether a log's turn has been over for so long that nothing can be on its way into it, and is not about to come. */
function isIdle(half: number): boolean {
  const seconds = Date.now() / 1000;
  const writing = Math.floor(seconds / logSeconds) % 2;
  const elapsed = seconds % logSeconds;
  return writing !== half && elapsed > logSeconds / 2 && elapsed < logSeconds - 2;
}
