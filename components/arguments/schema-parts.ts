import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ResourcesArgs } from "../types";
import { parseReference } from "../../engine/image-reference";
import { asRecord, makeUnknownKeyProblem, type Problem } from "./problems";

// zod's message carries the rule and, on a second line, the remedy.
/** A rule, and how to keep it. */
export function phrase(rule: string, remedy?: string): { error: string } {
  return { error: remedy === undefined ? rule : `${rule}\n${remedy}` };
}

/** An issue that zod found, as problems. */
export function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => makeUnknownKeyProblem(path, key, issue.message.split(" ")));
  }
  const [rule = "", remedy] = issue.message.split("\n");
  const isKey = issue.code === "custom" && issue.params?.isKey === true;
  return [
    {
      ...{ path, value: issue.input, rule },
      ...(remedy === undefined ? {} : { remedy }),
      ...(isKey ? { isKey } : {}),
    },
  ];
}

/** A schema for each field of the arguments, that takes what the arguments' type lets through. */
export type Fields<Args> = { [Field in keyof Args]-?: z.ZodType<unknown, Args[Field]> };

/**
 * An object of known fields. Rules about several fields together are given last; each is asked where what it needs has the
 * right shape, so that all problems are told at once. What is inside has its defaults then, and what it is transformed to
 * only where the whole of it is needed.
 */
export function closed<Shape extends Record<string, z.ZodType>>(
  fields: Shape,
  rule: string,
  remedy?: string,
  rules: Rule<z.output<z.ZodObject<Shape, z.core.$strict>>>[] = [],
) {
  const ruleIssues = new WeakSet<z.core.$ZodRawIssue>();
  const object = z
    .strictObject(fields, {
      // The message of an unknown key carries the known ones, to suggest the nearest of them.
      error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(fields).join(" ") : undefined),
    })
    .check(...rules.map((rule) => toCheck(rule, ruleIssues)));
  return record<z.input<typeof object>>(rule, remedy).pipe(object);
}

/** A value that passes a test; one that does not keeps no rule about what stands beside it from being asked. */
export function custom<Value>(test: (value: unknown) => boolean, error: { error: string }) {
  return z.custom<Value>(test, { ...error, abort: false });
}

// An output has keys of its own, which zod would take for the user's.
/** An object, whatever its fields. */
export function record<Value = Record<string, unknown>>(rule: string, remedy?: string) {
  return custom<Value>((value) => asRecord(value) !== undefined, phrase(rule, remedy));
}

/** A rule about several fields of a value. */
export interface Rule<Value> {
  /**
   * Paths of what it reads, in which `*` stands for any key: `pools.*.startAfter`. A dot at the end stands for an object of
   * which only the keys are read: `env.`.
   */
  needs: string[];
  /** Finds what is wrong; paths start at the value. */
  find: (value: Value) => Problem[];
}

function toCheck<Value>(
  { needs, find }: Rule<Value>,
  ruleIssues: WeakSet<z.core.$ZodRawIssue>,
): z.core.$ZodCheck<Value> {
  const paths = needs.map((path) => path.split("."));
  // What another rule of the same object says is no reason to be silent, and what nothing reads neither.
  const isInTheWay = (issue: z.core.$ZodRawIssue): boolean =>
    issue.code !== "unrecognized_keys" &&
    !ruleIssues.has(issue) &&
    paths.some((needed) => isAlong(issue.path ?? [], needed));
  const check = new z.core.$ZodCheck({
    check: "custom",
    when: ({ issues }) => !issues.some(isInTheWay),
  }) as z.core.$ZodCheck<Value>;
  check._zod.check = ({ value, issues }) => {
    for (const problem of find(value)) {
      const { path, value: input, rule, remedy, isKey } = problem;
      const { error: message } = phrase(rule, remedy);
      const issue = { code: "custom" as const, path, message, input, continue: true, params: { isKey } };
      ruleIssues.add(issue);
      issues.push(issue);
    }
  };
  return check;
}

/** Whether one path leads to the other. */
function isAlong(path: PropertyKey[], needed: string[]): boolean {
  return needed.every((part, index) => index >= path.length || part === "*" || part === String(path[index]));
}

/** The rule that exactly one of some fields is set. */
export function exactlyOne<Name extends string>(
  names: [Name, ...Name[]],
  remedy: string,
): Rule<Partial<Record<Name, unknown>>> {
  const [first, ...others] = names;
  const find = (fields: Partial<Record<Name, unknown>>): Problem[] => {
    const [kept, ...further] = names.filter((name) => fields[name] !== undefined);
    if (kept === undefined)
      return [{ path: [first], value: undefined, rule: `be set, or ${others.join(" or ")}`, remedy }];
    return further.map((name) => ({
      path: [name],
      value: fields[name],
      rule: `be left out where ${kept} is set`,
      remedy: "Keep one of the two.",
    }));
  };
  return { needs: [], find };
}

/** A type of which some values are wrong. */
export function check<Type extends z.ZodType>(
  type: Type,
  test: (value: z.output<Type>) => boolean,
  error: { error: string },
) {
  return type.refine(test, error);
}

/** A whole number within a range. */
export function whole(least: number, most: number, remedy?: string) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  const error = phrase(`be a whole number ${range}`, remedy);
  const isInRange = (value: number) => Number.isInteger(value) && value >= least && value <= most;
  return check(z.number(error), isInRange, error).meta(describeRange("integer", least, most));
}

/** A number within a range. */
export function amount(least: number, most: number) {
  const error = phrase(`be a number from ${least} to ${most}`);
  return check(z.number(error), (value) => value >= least && value <= most, error).meta(
    describeRange("number", least, most),
  );
}

/** The range of a number, for editors. */
function describeRange(type: string, minimum: number, maximum: number): Record<string, unknown> {
  return { type, minimum, ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }) };
}

/** One of an enumeration's values. */
export function choice<Values extends Record<string, string>>(values: Values, rule: string) {
  return z.enum(values, phrase(rule, `Set ${Object.values(values).join(" or ")}.`));
}

/** A list of equal things, one at least. */
export function listOf<Item extends z.ZodType>(item: Item, rule: string) {
  return z.array(item, phrase(rule)).min(1, phrase(rule));
}

/** A text that passes a test. */
export function text(rule: string, test: RegExp | ((value: string) => boolean), remedy?: string) {
  const error = phrase(rule, remedy);
  return check(z.string(error), (value) => (test instanceof RegExp ? test.test(value) : test(value)), error);
}

/** True or false. */
export function flag() {
  return z.boolean(phrase("be true or false"));
}

/** A list of texts, one at least. */
export function textList(rule: string) {
  return z.array(text("be a text that is not empty", /./s), phrase(rule)).min(1, phrase(rule));
}

/** A text that may only be known later. */
export function input(rule: string, test = (value: string): boolean => typeof value === "string") {
  return custom<pulumi.Input<string>>(
    (value) =>
      typeof value === "string" ? test(value) : pulumi.Output.isInstance(value) || value instanceof Promise,
    phrase(rule),
  ).meta({ type: "string" });
}

/** An object of equal things by name. */
export function byName<Value extends z.ZodType>(value: Value, rule: string, remedy?: string) {
  const type = z.record(z.string(), value, phrase(rule, remedy));
  return record<z.input<typeof type>>(rule, remedy).pipe(type);
}

/** No upper limit. */
export const most = Number.MAX_SAFE_INTEGER;
/** A text that stays on one line of a configuration. */
export function line(rule: string) {
  return text(rule, /^[^\r\n\0]*\S[^\r\n\0]*$/);
}

/** A text that Nginx sends in a header of its answers. */
export function headerText<Type extends z.ZodType<string>>(type: Type) {
  const rule = "hold none of $uri, $document_uri and $request_filename";
  const remedy =
    "They are decoded, so that %0d%0a in a path would add headers to the answer: write $request_uri.";
  return check(
    type,
    (value) => !/\$\{?(?:uri|document_uri|request_filename)(?!\w)/.test(value),
    phrase(rule, remedy),
  );
}

/** A host's name. */
export const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i;

/** A name of the user's that becomes a host's. */
export const shortName = /^[a-z][a-z0-9-]{0,30}$/;

/** The rule of such a name, behind its verb. */
export const shortNameRule =
  "a name of at most 31 lower-case letters, digits and hyphens that starts with a letter";

/** The rule of a Docker volume's name, and what it says. */
export const dockerVolumeRule = "be the name of a Docker volume";
export const dockerVolumeName = /^[a-zA-Z0-9][\w.-]*$/;

/** The name of a Docker volume. */
export const dockerVolume = text(dockerVolumeRule, dockerVolumeName);

/** The name of an image. */
export const image = text(
  "be the name of a Docker image",
  (value) => parseReference(value) !== undefined,
  "Write it like nginx:1.30.4 or registry.example.com/team/app@sha256:….",
);
/** A port. */
export const port = whole(1, 65535);

/** The name of a database. */
export const databaseName = text(
  "be a name of at most 63 lower-case letters, digits and underscores that starts with a letter",
  /^[a-z][a-z0-9_]{0,62}$/,
);

/** An amount of CPU and memory. */
export const resources = closed(
  {
    cpus: check(
      z.number(phrase("be a number above 0 in steps of 0.01")),
      (value) => value > 0 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6,
      phrase("be a number above 0 in steps of 0.01"),
    ).optional(),
    memoryMiB: whole(6, most, "Docker accepts no less than 6 MiB.").optional(),
  } satisfies Fields<ResourcesArgs>,
  "be an object with cpus, memoryMiB or both",
);
