import { randomBytes } from "node:crypto";
import type { VersionedSecret } from "./tasks";

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
