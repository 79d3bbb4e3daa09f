import { lastDue, type Schedule } from "./cron";
import type { History } from "./metrics";

/** How often what is due is begun, when it is interrupted each time. */
const mostTries = 2;

/** When the backup that has to be made now was due; undefined when there is nothing to do. What was missed is made up once. */
export function findDue(schedule: Schedule, { doneUntil, tried }: History, now: number): number | undefined {
  const due = lastDue(schedule, now);
  if (due === undefined || due <= doneUntil) return undefined;
  return tried?.due === due && tried.times >= mostTries ? undefined : due;
}
