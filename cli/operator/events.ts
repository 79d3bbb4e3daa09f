import type { Part } from "../../engine/parts";
import { sortByTime } from "./table";

/** Something that happened to a container. */
export interface PartEvent {
  time: string;
  title: string;
  /** In words. */
  what: string;
}

interface EngineEvent {
  Action: string;
  timeNano: number;
  Actor: { Attributes: Record<string, string | undefined> };
}

const words: Record<string, string> = {
  create: "is made",
  start: "is started",
  restart: "is restarted",
  oom: "is out of memory",
  destroy: "is removed",
  pause: "is paused",
  unpause: "goes on",
  "health_status: healthy": "is healthy",
  "health_status: unhealthy": "is unhealthy",
};

/** Reads a line of the engine's; none for what happens all the time, such as health checks. */
export function parseEvent(
  line: string,
  titleOf: (labels: Record<string, string | undefined>) => string,
): PartEvent[] {
  const { Action: action, timeNano, Actor } = JSON.parse(line) as EngineEvent;
  const { exitCode = "", signal = "" } = Actor.Attributes;
  const what =
    action === "die"
      ? `has ended with ${exitCode}`
      : action === "kill"
        ? `gets signal ${signal}`
        : words[action];
  if (what === undefined) return [];
  return [{ time: new Date(timeNano / 1e6).toISOString(), title: titleOf(Actor.Attributes), what }];
}

/** The moment that a user means by a length of time or a moment. */
export function readMoment(text: string, now: number): number {
  const lengths = { s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+)([smh])/g)];
  if (!/^(?:\d+[smh])+$/.test(text)) return Date.parse(text);
  return parts.reduce(
    (moment, [, count, unit]) => moment - Number(count) * lengths[unit as keyof typeof lengths],
    now,
  );
}

/** The latest that each container tells by itself: the engine remembers no more than 256 events, of all that it has. */
export function recallEvents(parts: Part[]): PartEvent[] {
  const tell = (title: string, at: number, what: string): PartEvent[] =>
    at > 0 ? [{ time: new Date(at).toISOString(), title, what }] : [];
  return parts.flatMap(({ title, createdAt, startedAt, endedAt, state, exitCode, outOfMemory }) => [
    ...tell(title, createdAt, "is made"),
    ...tell(title, startedAt, "is started"),
    ...(state === "running"
      ? []
      : tell(title, endedAt, `has ended with ${exitCode}${outOfMemory ? ", out of memory" : ""}`)),
  ]);
}

/** Events in the order of time; what two sources tell of the same second is told once. */
export function mergeEvents(events: PartEvent[], since: number): PartEvent[] {
  const known = new Map(
    events.map((event) => [`${event.time.slice(0, 19)} ${event.title} ${event.what}`, event]),
  );
  return sortByTime([...known.values()].filter(({ time }) => Date.parse(time) >= since));
}
