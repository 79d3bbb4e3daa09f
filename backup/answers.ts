import type { Counts } from "./counts";

/** The answer to a command. */
export type Answer = { ok: true; result: unknown } | { ok: false; fault: string };

/** The result of a restore. */
export interface Restored {
  id: string;
  takenAt: string;
  seconds: number;
  /** Contents of the datastore before, and now. */
  before: Counts;
  after: Counts;
}
