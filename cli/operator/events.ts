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
