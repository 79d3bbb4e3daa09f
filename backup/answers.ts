import type { Counts } from "./counts";

/** What a command is answered. */
export type Answer = { ok: true; result: unknown } | { ok: false; fault: string };

/** What a restore has done. */
export interface Restored {
  id: string;
  takenAt: string;
  seconds: number;
  /** What was in the datastore before, and is now. */
  before: Counts;
  after: Counts;
}
