import type { SecretArgs } from "../secret-types";
import type { Problem } from "./problems";
import { closed, type Fields, input, toProblems, whole } from "./schema-parts";

const secret = closed(
  {
    version: whole(1, 1_000_000).optional(),
    value: input("be a secret of at least 16 characters", (value) => value.length >= 16).optional(),
  } satisfies Fields<SecretArgs>,
  "be an object with version, value or both",
);

/** Finds everything that is wrong with the arguments of a `Secret`. */
export function secretProblems(args: unknown): Problem[] {
  const { error } = secret.safeParse(args, { reportInput: true });
  return (error?.issues ?? []).flatMap(toProblems);
}
