import { z } from "zod";
import { asRecord, hiddenValue, type Problem } from "./problems";
import { input } from "./schema-parts";

const secrets = new WeakSet<z.core.$ZodType>();

/** Marks what nobody may see, with all that is in it. */
export function secret<Type extends z.ZodType>(type: Type): Type {
  secrets.add(type);
  return type;
}

/** A text that nobody may see, and that may only be known later. */
export function secretInput(rule: string, test?: (value: string) => boolean) {
  return secret(input(rule, test));
}

/** Takes away the values that nobody may see; paths of problems begin after so many parts. */
export function hideSecrets(schema: z.ZodType, problems: Problem[], skip = 0): Problem[] {
  return problems.map((problem) => {
    const { path, value, isKey = false } = problem;
    if (value === undefined) return problem;
    const inside = path.slice(skip);
    const isHidden = isSecret(schema, inside) || (!isKey && isMistaken(schema, inside, value));
    return isHidden ? { ...problem, value: hiddenValue } : problem;
  });
}

/** Whether what stands at a path is secret, or in something that is. */
export function isSecret(schema: z.core.$ZodType, path: (string | number)[]): boolean {
  return follow(schema, path).some((type) => secrets.has(type));
}

/** The same value with something else in the place of each secret. */
export function replaceSecrets(
  schema: z.core.$ZodType,
  value: unknown,
  replace: (value: unknown, path: (string | number)[]) => unknown,
  path: (string | number)[] = [],
): unknown {
  const type = unwrap(schema);
  if (secrets.has(type)) return value === undefined ? undefined : replace(value, path);
  const replaceIn = (part: string | number, inside: unknown): unknown => {
    const inner = enter(type, part);
    return inner === undefined ? inside : replaceSecrets(inner, inside, replace, [...path, part]);
  };
  if (type instanceof z.ZodArray && Array.isArray(value))
    return value.map((inside, index) => replaceIn(index, inside));
  const fields = type instanceof z.ZodArray ? undefined : asRecord(value);
  if (fields === undefined) return value;
  return Object.fromEntries(Object.entries(fields).map(([name, inside]) => [name, replaceIn(name, inside)]));
}

/** A text in the place of an object or a list that has to have a secret may be that secret. */
function isMistaken(schema: z.core.$ZodType, path: (string | number)[], value: unknown): boolean {
  const found = follow(schema, path);
  const [last] = found.slice(-1);
  return typeof value === "string" && found.length > path.length && last !== undefined && needsSecret(last);
}

function needsSecret(type: z.core.$ZodType): boolean {
  if (secrets.has(type)) return true;
  if (type instanceof z.ZodArray) return needsSecret(unwrap(type.element));
  if (!(type instanceof z.ZodObject)) return false;
  return Object.values(fieldsOf(type)).some((field) => !mayBeLeftOut(field) && secrets.has(unwrap(field)));
}

function mayBeLeftOut(type: z.core.$ZodType): boolean {
  return type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault;
}

/** The types along a path, from the first one on, as far as they are known. */
function follow(schema: z.core.$ZodType, [part, ...rest]: (string | number)[]): z.core.$ZodType[] {
  const type = unwrap(schema);
  const inner = part === undefined ? undefined : enter(type, part);
  return inner === undefined ? [type] : [type, ...follow(inner, rest)];
}

function enter(type: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  if (type instanceof z.ZodArray) return type.element;
  if (type instanceof z.ZodRecord) return type.valueType;
  return type instanceof z.ZodObject ? fieldsOf(type)[String(part)] : undefined;
}

function fieldsOf({ shape }: z.ZodObject): Record<string, z.core.$ZodType> {
  return shape;
}

/** A type without what says that it may be left out, and without what is done before and after it. */
export function unwrap(type: z.core.$ZodType): z.core.$ZodType {
  if (secrets.has(type)) return type;
  if (
    type instanceof z.ZodOptional ||
    type instanceof z.ZodNonOptional ||
    type instanceof z.ZodDefault ||
    type instanceof z.ZodPrefault
  )
    return unwrap(type.unwrap());
  if (!(type instanceof z.ZodPipe)) return type;
  return unwrap(type.out instanceof z.ZodTransform ? type.in : type.out);
}
