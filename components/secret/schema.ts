import type { SecretArgs } from "../secret-types";
import type { Problem } from "../arguments/problems";
import { hideSecrets, secretInput } from "../arguments/secrecy";
import { closed, type Fields, toProblems, whole } from "../arguments/schema-parts";

/** What makes a secret. */
export const secretSchema = closed(
  {
    version: whole(1, 1_000_000).optional(),
    value: secretInput("be a secret of at least 16 characters", (value) => value.length >= 16).optional(),
  } satisfies Fields<SecretArgs>,
  "be an object with version, value or both",
);

/** Finds everything that is wrong with the arguments of a `Secret`. */
export function secretProblems(args: unknown): Problem[] {
  const { error } = secretSchema.safeParse(args, { reportInput: true });
  return hideSecrets(secretSchema, (error?.issues ?? []).flatMap(toProblems));
}
