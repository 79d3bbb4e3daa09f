import type { z } from "zod";
import { createRefusal, type Problem } from "./problems";
import { toProblems } from "./schema-parts";
import { hideSecrets } from "./secrecy";

/** Arguments as their schema reads them: all that is wrong with them, or what they are with everything filled in. */
export type Reading<Value> = { value: Value; problems: [] } | { value?: undefined; problems: Problem[] };

/** Reads arguments by their schema. */
export function readArguments<Schema extends z.ZodType>(
  schema: Schema,
  args: unknown,
): Reading<z.output<Schema>> {
  const { success, data, error } = schema.safeParse(args, { reportInput: true });
  if (success) return { value: data, problems: [] };
  return { problems: hideSecrets(schema, error.issues.flatMap(toProblems)) };
}

/** The arguments of a component with everything filled in; wrong ones end its construction with all that is wrong with them. */
export function parseArguments<Schema extends z.ZodType>(
  component: string,
  schema: Schema,
  args: unknown,
): z.output<Schema> {
  const { value, problems } = readArguments(schema, args);
  if (value === undefined) throw createRefusal(component, problems);
  return value;
}
