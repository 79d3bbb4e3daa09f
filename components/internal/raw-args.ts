import { asRecord, type Problem } from "./problems";

/** A pool as it was given, whatever its shape. */
export interface RawPool {
  name: string;
  path: (string | number)[];
  fields: Record<string, unknown>;
}

/** The pools of a service's arguments, whatever their shape. */
export function listPools(args: unknown): RawPool[] {
  return Object.entries(asRecord(asRecord(args)?.pools) ?? {}).map(([name, fields]): RawPool => ({
    name,
    path: ["pools", name],
    fields: asRecord(fields) ?? {},
  }));
}

/** Finds out whether one of two fields is set, and not both. */
export function checkExactlyOne(
  path: (string | number)[],
  fields: Record<string, unknown>,
  first: string,
  second: string,
  remedy: string,
): Problem[] {
  const hasFirst = fields[first] !== undefined;
  const hasSecond = fields[second] !== undefined;
  if (hasFirst !== hasSecond) return [];
  if (!hasFirst) return [{ path: [...path, first], value: undefined, rule: `be set, or ${second}`, remedy }];
  const rule = `be left out where ${first} is set`;
  return [{ path: [...path, second], value: fields[second], rule, remedy: "Keep one of the two." }];
}
