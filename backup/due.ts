import { lastDue, type Schedule } from "./cron";
import type { History } from "./metrics";

/** How often what is due is begun, when it is interrupted each time. */
const mostTries = 2;

/** How often what is due is tried in all when it fails, and how long after each failure; the last time is within an hour. */
export const mostFailures = 3;
const pauseMilliseconds = 20 * 60 * 1000;

/** When the backup that has to be made now was due; undefined when there is nothing to do. What was missed is made up once. */
export function findDue(schedule: Schedule, history: History, now: number): number | undefined {
  const { doneUntil, tried, failed } = history;
  const due = lastDue(schedule, now);
  if (due === undefined || due <= doneUntil) return undefined;
  if (failed?.due === due && now < failed.time + pauseMilliseconds) return undefined;
  return tried?.due === due && tried.times >= mostTries ? undefined : due;
}

/** The memory of a backup that was due and has failed. */
export function noteFailure({ failed }: History, due: number, now: number): Partial<History> {
  const times = failed?.due === due ? failed.times + 1 : 1;
  return times < mostFailures ? { tried: undefined, failed: { due, times, time: now } } : { doneUntil: due };
}
