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

/** Finds out whether exactly one of some fields is set. */
export function checkExactlyOne(
  path: (string | number)[],
  fields: Record<string, unknown>,
  names: string[],
  remedy: string,
): Problem[] {
  const [first = "", ...others] = names;
  const [kept, ...further] = names.filter((name) => fields[name] !== undefined);
  if (kept === undefined)
    return [{ path: [...path, first], value: undefined, rule: `be set, or ${others.join(" or ")}`, remedy }];
  return further.map((name) => ({
    path: [...path, name],
    value: fields[name],
    rule: `be left out where ${kept} is set`,
    remedy: "Keep one of the two.",
  }));
}
