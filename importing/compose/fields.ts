import { isIP } from "node:net";
import { z } from "zod";
import { readMiB, readSeconds, splitWords } from "./units";

/** A value that is read from several spellings; `rule` continues "must". */
export function parsed<Value>(parse: (value: unknown) => Value | undefined, rule: string) {
  return z.unknown().transform((value, context): Value => {
    const read = parse(value);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: rule });
    return z.NEVER;
  });
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

function toNumber(value: unknown): number | undefined {
  const text = toText(value);
  return text === undefined || !/^\d+(?:\.\d+)?$/.test(text) ? undefined : Number(text);
}

export const text = parsed(toText, "be a text");
export const texts = z.array(text);
export const number = parsed(toNumber, "be a number");
export const flag = parsed((value) => {
  if (typeof value === "boolean") return value;
  return value === "true" || value === "false" ? value === "true" : undefined;
}, "be true or false");
export const seconds = parsed((value) => readSeconds(toText(value) ?? ""), "be a duration like 30s or 1m30s");
export const memory = parsed((value) => {
  const found = toText(value);
  return found === undefined ? undefined : readMiB(found);
}, "be an amount of memory like 256M");

/** A command line as a text or as a list. */
export const words = parsed((value) => {
  if (Array.isArray(value))
    return value.every((word) => toText(word) !== undefined) ? value.map(String) : undefined;
  return typeof value === "string" ? splitWords(value) : undefined;
}, "be a command line, or a list of the program and its arguments");

/** Texts by name; a name without a value has null. */
export const assignments = z.record(
  z.string(),
  parsed((value) => (value === null ? null : toText(value)), "be a text"),
);

/** Texts, or objects with one of them under a name. */
export function namedFiles(key: string) {
  return z.array(
    parsed((value) => {
      const single = toText(value);
      if (single !== undefined) return { source: single, target: undefined };
      if (typeof value !== "object" || value === null) return undefined;
      const fields = new Map<string, unknown>(Object.entries(value));
      const source = toText(fields.get(key));
      return source === undefined ? undefined : { source, target: toText(fields.get("target")) };
    }, "be a name, or an object with source and target"),
  );
}

/** A port of a service. */
export interface Port {
  /** Port in the container. */
  target: number;
  /** Port of the host; undefined for one that Docker chooses. */
  published: number | undefined;
  /** Address of the host. */
  address: string | undefined;
  protocol: string;
}

/** A line of `ports`, which may be a range. */
export const portLine = parsed((value): Port[] | undefined => {
  if (typeof value === "object" && value !== null) {
    const fields = new Map<string, unknown>(Object.entries(value));
    const target = toNumber(fields.get("target"));
    if (target === undefined) return undefined;
    const published = toText(fields.get("published"))?.split("-")[0];
    return [
      {
        target,
        published: toNumber(published),
        address: toText(fields.get("host_ip")),
        protocol: toText(fields.get("protocol")) ?? "tcp",
      },
    ];
  }
  const pattern = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?(?:(\d*)(?:-(\d+))?:)?(\d+)(?:-(\d+))?(?:\/(\w+))?$/;
  const match = pattern.exec(toText(value) ?? "");
  if (match === null) return undefined;
  const [, six, four, from = "", , target = "", last, protocol = "tcp"] = match;
  // `8080:80` has no address: what stands in front is a port.
  const hasAddress = four === undefined || !/^\d+(?:-\d+)?$/.test(four);
  if (hasAddress && four !== undefined && isIP(four) === 0) return undefined;
  const start = hasAddress ? from : (four.split("-")[0] ?? "");
  const count = Number(last ?? target) - Number(target) + 1;
  return Array.from({ length: Math.max(1, count) }, (_, index) => ({
    target: Number(target) + index,
    published: start === "" ? undefined : Number(start) + index,
    address: six ?? (hasAddress ? four : undefined),
    protocol,
  }));
}, "be a port like 8080:80");
