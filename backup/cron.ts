/** When something is due: the values of each field of a cron expression. */
export interface Schedule {
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number>;
  months: Set<number>;
  weekdays: Set<number>;
  /** Whether a day is due that fits one of the two fields of days, and not both. */
  eitherDay: boolean;
}

interface Field {
  name: string;
  least: number;
  most: number;
  names?: string[];
}

const fields = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  {
    name: "month",
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  // Sunday is 0 and 7.
  { name: "day of the week", least: 0, most: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
] satisfies Field[];

/** The longest time between two days of a schedule: a 29th of February around a year that has none. */
const longestDays = 8 * 366;
const minuteMilliseconds = 60_000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

/** Reads a cron expression of five fields; gives what is wrong with it where it is none. */
export function parseSchedule(text: string): Schedule | string {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) return `it has ${parts.length} fields instead of 5`;
  const [minutes, hours, days, months, weekdays] = fields.map((field, index) =>
    parseField(field, parts[index] ?? ""),
  );
  const fault = [minutes, hours, days, months, weekdays].find((values) => typeof values === "string");
  if (typeof fault === "string") return fault;
  const schedule = {
    minutes: minutes as Set<number>,
    hours: hours as Set<number>,
    days: days as Set<number>,
    months: months as Set<number>,
    weekdays: new Set([...(weekdays as Set<number>)].map((day) => day % 7)),
    eitherDay: !parts[2]?.startsWith("*") && !parts[4]?.startsWith("*"),
  };
  // Found in a span that has every date there is.
  return lastDue(schedule, Date.UTC(2028, 11, 31)) === undefined ? "no such day exists" : schedule;
}

function parseField(field: Field, text: string): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const range = parseRange(field, part);
    if (range === undefined)
      return `its ${field.name} ${JSON.stringify(text)} is not from ${field.least} to ${field.most}`;
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
  }
  return values;
}

function parseRange(field: Field, text: string): { first: number; last: number; step: number } | undefined {
  const [, from = "", to, every] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(text) ?? [];
  if (from === "" || (from === "*" && to !== undefined)) return undefined;
  const step = Number(every ?? 1);
  const first = from === "*" ? field.least : parseValue(field, from);
  // Without an end, a step counts on to the last value.
  const last =
    from === "*" || (to === undefined && every !== undefined) ? lastOf(field) : parseValue(field, to ?? from);
  if (first === undefined || last === undefined || first > last || step < 1) return undefined;
  return { first, last, step };
}

function lastOf({ names, most }: Field): number {
  return names?.length === 7 ? 6 : most;
}

function parseValue({ names, least, most }: Field, text: string): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : undefined;
  return value === undefined || value < least || value > most ? undefined : value;
}

/** The last time at or before a moment that something was due, both in milliseconds since 1970. */
export function lastDue(schedule: Schedule, moment: number): number | undefined {
  const today = Math.floor(moment / dayMilliseconds) * dayMilliseconds;
  for (let day = today; day > today - longestDays * dayMilliseconds; day -= dayMilliseconds) {
    if (!isDueOn(schedule, new Date(day))) continue;
    const time = lastTime(schedule, Math.min(moment - day, dayMilliseconds - 1));
    if (time !== undefined) return day + time;
  }
  return undefined;
}

function isDueOn(schedule: Schedule, date: Date): boolean {
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const day = schedule.days.has(date.getUTCDate());
  const weekday = schedule.weekdays.has(date.getUTCDay());
  return schedule.eitherDay ? day || weekday : day && weekday;
}

/** The last due time of a day at or before a time of it. */
function lastTime({ hours, minutes }: Schedule, time: number): number | undefined {
  for (let minute = Math.floor(time / minuteMilliseconds); minute >= 0; minute--) {
    if (hours.has(Math.floor(minute / 60)) && minutes.has(minute % 60)) return minute * minuteMilliseconds;
  }
  return undefined;
}
