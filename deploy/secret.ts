import { randomBytes } from "node:crypto";
import { readBefore } from "./process";

/** Prints a new secret; run again, it prints the one it had. */
export function generateSecret(): void {
  const previous = process.env.PULUMI_COMMAND_STDOUT ?? "";
  process.stdout.write(previous === "" ? randomBytes(32).toString("base64url") : previous);
}

/** A secret that can be changed, as the state keeps it. */
export interface VersionedSecret {
  /** Number of the secret in use. */
  version: number;
  /** The secret in use. */
  current: string;
  /** The one before, valid until the next change. */
  previous?: string;
}

/** Prints a secret; the one before stays when a new one is asked for. */
export function makeSecret(): void {
  const version = Number(process.env.FLOTILLA_VERSION);
  const before = readBefore() as VersionedSecret | undefined;
  process.stdout.write(JSON.stringify(nextSecret(before, version, process.env.FLOTILLA_SECRET ?? "")));
}

/** The secret after that of before; `given` is the user's own, or empty. */
export function nextSecret(
  before: VersionedSecret | undefined,
  version: number,
  given: string,
): VersionedSecret {
  if (before === undefined) return { version, current: given || makeText() };
  const isNew = given === "" ? version !== before.version : given !== before.current;
  if (!isNew) return { ...before, version };
  return { version, current: given || makeText(), previous: before.current };
}

/** A text that nobody guesses. */
export function makeText(): string {
  return randomBytes(24).toString("base64url");
}
