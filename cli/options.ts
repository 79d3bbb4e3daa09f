import { flag, text, texts } from "./command";
import { Misuse } from "./failure";

/** The stack that a command is for. */
export const stack = text("name", "the stack; dev when left out", "dev", {
  short: "s",
  check: (written, place) => {
    if (!/^(?:[\w.-]+\/)*[\w.-]+$/.test(written))
      throw new Misuse(
        `${place} must be the name of a stack, got ${JSON.stringify(written)}. Write it like prod, with letters, digits, -, _ and dots.`,
      );
  },
});

/** A result for programs. */
export const json = flag("the result as JSON on standard output, and all else on standard error", "j");

/** Pulumi's own words. */
export const verbose = flag("Pulumi's own lines, and all outputs");

/** A moment in the past. */
export function sinceOption<Initial extends string | undefined>(initial: Initial) {
  const help = `from when on: 10m, 2h, or 2026-11-27T09:00:00Z${initial === undefined ? "" : `; ${initial} when left out`}`;
  return text("time", help, initial, {
    check: (written, place) => {
      if (!/^(?:\d+[smh])+$|^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(written))
        throw new Misuse(
          `${place} must be a length of time or a moment, got ${JSON.stringify(written)}. Write it like 10m, 2h or 2026-11-27T09:00:00Z.`,
        );
    },
  });
}

/** The service that encrypts the secrets of a new stack. */
export const secretsProvider = text(
  "url",
  "what encrypts the secrets of a new stack, instead of a passphrase",
  undefined,
);

/** Numbers of replicas that later runs keep. */
export const replicas = texts("counts", "numbers of replicas, kept by later runs: api=3,worker=2");

/** Settings of one run. */
export const set = texts(
  "path=value",
  "a setting for this run alone, as JSON or text: pools.api.port=4000; may be repeated",
  (written, place) => {
    // The text behind the sign may be a secret.
    if (!/^[^=\n]+=[^\n]*$/.test(written))
      throw new Misuse(
        `${place} must be path=value on one line, got ${JSON.stringify(written.replace(/=.*/s, "=…"))}. Write it like pools.api.port=4000.`,
      );
  },
);

/** For a command that asks nothing, and is told so as others are. */
export const unasked = flag("makes no difference: this asks nothing", "y");

/** The words of a user to the program of a stack, for one run. */
export interface Told {
  /** Numbers of replicas, which later runs keep. */
  replicas: string[];
  /** Settings for this run alone. */
  set: string[];
}
