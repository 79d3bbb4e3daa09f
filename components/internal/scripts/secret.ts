import { randomBytes } from "node:crypto";

/** Prints a new secret; run again, it prints the one it had. */
export function generateSecret(): void {
  const previous = process.env.PULUMI_COMMAND_STDOUT ?? "";
  process.stdout.write(previous === "" ? randomBytes(32).toString("base64url") : previous);
}
