import { lastDue, parseSchedule } from "../../backup/cron";
import type { ScheduledRange, Scaling } from "../../stack/scaling";

/** The least and the most replicas that a pool may have. */
export interface Bounds {
  min: number;
  max: number;
}

/** The bounds at a moment, and whether a schedule has made them; where several hours overlap, the narrowest hold. */
export function findBounds(
  { schedule, timeZone }: Pick<Scaling, "schedule" | "timeZone">,
  { min, max }: Bounds,
  at: number,
): Bounds & { isScheduled: boolean } {
  if (schedule.length === 0) return { min, max, isScheduled: false };
  const local = readClock(at, timeZone);
  const inForce = schedule.filter((each) => isInForce(each, local));
  const least = Math.max(min, ...inForce.map((each) => each.min ?? min));
  // Whoever wants at least so many at a time has a reason for it.
  const most = Math.max(least, Math.min(max, ...inForce.map((each) => each.max ?? max)));
  return { min: least, max: most, isScheduled: inForce.length > 0 };
}

/** Whether hours have begun, and not ended since. */
function isInForce({ from, until }: ScheduledRange, local: number): boolean {
  const [begun, ended] = [from, until].map((text) => {
    const schedule = parseSchedule(text);
    return typeof schedule === "string" ? undefined : lastDue(schedule, local);
  });
  return begun !== undefined && (ended === undefined || begun > ended);
}

/** The time that clocks show somewhere, as a moment at which those of UTC show it. */
function readClock(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
}
