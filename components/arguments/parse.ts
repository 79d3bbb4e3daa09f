import type { z } from "zod";
import type { Problem } from "./problems";
import { createRefusal } from "./refusal";
import { toProblems } from "./schema-parts";
import { hideSecrets } from "./secrecy";

/** Arguments as their schema reads them: all that is wrong with them, or what they are, as given and with everything filled in. */
export type Reading<Schema extends z.ZodType> =
  | { args: z.input<Schema>; value: z.output<Schema>; problems: [] }
  | { args?: undefined; value?: undefined; problems: Problem[] };

/** Reads arguments by their schema. */
export function readArguments<Schema extends z.ZodType>(schema: Schema, args: unknown): Reading<Schema> {
  const { success, data, error } = schema.safeParse(args, { reportInput: true });
  // What a schema takes without a problem is of its type.
  if (success) return { args: args as z.input<Schema>, value: data, problems: [] };
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
