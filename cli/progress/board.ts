import type { Event, Happening, What } from "./event";
import type { Kind, Subject } from "./subject";

/** A state of a thing, and since when it has it. */
export interface Doing {
  what: What;
  /** When that began, in milliseconds. */
  since: number;
  /** Milliseconds that it took to come so far. */
  took?: number | undefined;
  /** The words of our scripts about it. */
  text?: string | undefined;
}

/** A thing during an update. */
export interface Row {
  subject: Subject;
  /** Of the one that comes, stays, or goes for good. */
  now?: Doing;
  /** Of the one in whose place there is another. */
  old?: Doing;
  /** Whether the update has made it. */
  isMade?: boolean;
}

/** All that an update has done so far. */
export interface Board {
  rows: Row[];
  warnings: string[];
  errors: string[];
}

/** An update that has done nothing yet. */
export const emptyBoard: Board = { rows: [], warnings: [], errors: [] };

/** Adds an event to all that an update has done. */
export function applyEvent(board: Board, event: Event, at: number): Board {
  if (event.type === "happening") return { ...board, rows: applyHappening(board.rows, event, at) };
  if (event.type === "ending" || event.severity === "info") return board;
  const texts = event.severity === "warning" ? "warnings" : "errors";
  return board[texts].includes(event.text) ? board : { ...board, [texts]: [...board[texts], event.text] };
}

function applyHappening(rows: Row[], { what, subject, isOld, text }: Happening, at: number): Row[] {
  const found = rows.find((row) => isSame(row.subject, subject));
  const row = found ?? { subject };
  const before = isOld ? row.old : row.now;
  const took = before !== undefined && isBusyAt(before) ? at - before.since : undefined;
  const doing = { what, since: at, took, text: text ?? before?.text };
  // A thing is told of by its container and by what belongs to that, whichever comes first.
  const changed = { ...row, [isOld ? "old" : "now"]: doing, ...(what === "making" && { isMade: true }) };
  return found === undefined ? [...rows, changed] : rows.map((each) => (each === found ? changed : each));
}

function isSame(one: Subject, other: Subject): boolean {
  const isOneGroup = one.kind === other.kind || (isRunning(one) && isRunning(other));
  return isOneGroup && one.component === other.component && one.title === other.title;
}

const running: Kind[] = ["replica", "worker", "balancer", "store", "server"];

/** Whether a thing runs, as a container. */
export function isRunning({ kind }: Pick<Subject, "kind">): boolean {
  return running.includes(kind);
}

function isBusyAt({ what }: Doing): boolean {
  return ["making", "changing", "starting", "draining", "ending"].includes(what);
}

/** Whether a thing goes, or has gone. */
export function isLeaving({ what }: Doing): boolean {
  return ["draining", "drained", "ending", "gone"].includes(what);
}

/** Whether anything goes on with a thing. */
export function isBusy({ now, old }: Row): boolean {
  return (now !== undefined && isBusyAt(now)) || (old !== undefined && isBusyAt(old));
}

/** Whether a thing stays as it was. */
export function isUntouched({ now, old }: Row): boolean {
  return old === undefined && now?.what === "same";
}

/** The outcomes for a thing. */
export type Fate = "made" | "replaced" | "changed" | "removed" | "unchanged" | "failed";

/** Tells what became of a thing. */
export function fateOf({ now, old, isMade = false }: Row): Fate {
  if (now?.what === "failed" || old?.what === "failed") return "failed";
  if (now === undefined || isLeaving(now)) return "removed";
  if (isMade) return old === undefined ? "made" : "replaced";
  return now.what === "same" ? "unchanged" : "changed";
}
