/** Counts of a replica in a minute. */
export interface Minute {
  requests: number;
  errors: number;
}

const minutes = 60;
const nothing: Minute = { requests: 0, errors: 0 };

/** The kept part of a replica's last hour. */
interface Kept {
  /** The minute of the last look, since the epoch, and the counters of then. */
  at: number;
  counted: Minute;
  /** The minutes before it, the oldest first. */
  past: Minute[];
}

/** Takes a look at a replica's counters into the text that is kept of its hour; as it is while the minute of the last look goes on. */
export function keepMinute(text: string | undefined, at: number, counted: Minute): string {
  const before = text === undefined ? undefined : parse(text);
  if (text === undefined || before === undefined || at < before.at) return format({ at, counted, past: [] });
  if (at === before.at) return text;
  const added: Minute = {
    // A balancer that was started again counts anew.
    requests: Math.max(0, counted.requests - before.counted.requests),
    errors: Math.max(0, counted.errors - before.counted.errors),
  };
  const unseen = Math.min(minutes, at - before.at - 1);
  const past = [...before.past, added, ...Array.from({ length: unseen }, () => nothing)];
  return format({ at, counted, past: past.slice(-minutes) });
}

/** The minutes of the last hour, the oldest first; those before the first look had nothing. */
export function readHour(text: string | undefined): Minute[] {
  const past = text === undefined ? [] : parse(text).past;
  return [...Array.from({ length: minutes - past.length }, () => nothing), ...past];
}

/** Adds up the hours of several replicas. */
export function addHours(hours: Minute[][]): Minute[] {
  return Array.from({ length: minutes }, (_, at) => ({
    requests: hours.reduce((sum, hour) => sum + (hour[at]?.requests ?? 0), 0),
    errors: hours.reduce((sum, hour) => sum + (hour[at]?.errors ?? 0), 0),
  }));
}

function parse(text: string): Kept {
  const [at = "", counted = "", ...past] = text.split(" ");
  return { at: Number(at), counted: parseMinute(counted), past: past.map(parseMinute) };
}

function format({ at, counted, past }: Kept): string {
  return [at, ...[counted, ...past].map(({ requests, errors }) => `${requests}/${errors}`)].join(" ");
}

function parseMinute(text: string): Minute {
  const [requests = "", errors = ""] = text.split("/");
  return { requests: Number(requests), errors: Number(errors) };
}
