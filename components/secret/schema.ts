import type { SecretArgs } from "../secret-types";
import { closed, type Fields, whole } from "../arguments/schema-parts";
import { secretInput } from "../arguments/secrecy";

export const secretSchema = closed(
  {
    version: whole(1, 1_000_000).default(1),
    value: secretInput("be a secret of at least 16 characters", (value) => value.length >= 16).optional(),
  } satisfies Fields<SecretArgs>,
  "be an object with version, value or both",
);
