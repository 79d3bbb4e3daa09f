import type { Event } from "./event";

/** An event as programs get it: a JSON object on a line. */
export interface EventLine {
  /** A word of `What`, or info, warning, error or end. */
  event: string;
  at: string;
  /** Name that users have for what it is about. */
  part?: string;
  kind?: string;
  component?: string;
  pool?: string;
  /** Whether it is the one of before, in whose place there is a new one. */
  old?: boolean;
  text?: string;
  /** At the end alone. */
  ok?: boolean;
  changes?: Record<string, number>;
}

/** Renders an event as a line; nothing for what stays as it was. */
export function renderEventLine(event: Event, at: number): string | undefined {
  if (event.type === "happening" && event.what === "same") return undefined;
  return JSON.stringify({ at: new Date(at).toISOString(), ...describe(event) });
}

function describe(event: Event): Omit<EventLine, "at"> {
  switch (event.type) {
    case "happening": {
      const { title: part, kind, component, pool } = event.subject;
      const { what, isOld, text } = event;
      return { event: what, part, kind, component, ...(pool && { pool }), old: isOld, ...(text && { text }) };
    }
    case "saying": {
      const part = event.subject?.title;
      return { event: event.severity, ...(part && { part }), text: event.text };
    }
    case "ending":
      return { event: "end", ok: event.ok, changes: event.changes };
  }
}
