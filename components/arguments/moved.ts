import { z } from "zod";
import { phrase } from "./schema-parts";

/** Fields that are no more: each is refused with what to write instead. */
export function moved<Name extends string>(remedies: Record<Name, string>) {
  const fields = Object.entries<string>(remedies).map(([name, remedy]) => [
    name,
    z.undefined(phrase("be left out", remedy)).optional(),
  ]);
  return Object.fromEntries(fields) as Record<Name, z.ZodOptional<z.ZodUndefined>>;
}
