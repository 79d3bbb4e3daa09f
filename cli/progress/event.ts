import type { Subject } from "./subject";

/** The changes that things go through. */
export type What =
  | "same"
  | "making"
  | "made"
  | "changing"
  | "changed"
  | "starting"
  | "healthy"
  | "joined"
  | "draining"
  | "drained"
  | "ending"
  | "gone"
  | "failed";

/** Something that happens to a thing during an update. */
export interface Happening {
  type: "happening";
  what: What;
  subject: Subject;
  /** Whether it is the one of before, in whose place there is a new one. */
  isOld: boolean;
  /** The line that one of our scripts says of it. */
  text?: string;
}

/** Something that Pulumi, the program or one of our scripts says. */
export interface Saying {
  type: "saying";
  severity: "info" | "warning" | "error";
  text: string;
  subject?: Subject;
}

/** The end of an update. */
export interface Ending {
  type: "ending";
  ok: boolean;
  /** Number of resources by what was done to them. */
  changes: Record<string, number>;
  /** The exports of the program, without secrets; undefined where it did not tell them. */
  outputs?: Record<string, unknown>;
}

/** All that is known of an update while it runs. */
export type Event = Happening | Saying | Ending;
