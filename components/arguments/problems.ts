import { isOutput } from "./outputs";

/** One thing that is wrong with a value the user gave. */
export interface Problem {
  /** Where the value stands. */
  path: (string | number)[];
  /** The value there; undefined when there is none. */
  value: unknown;
  /** Whether the value is a key of what stands there. */
  isKey?: true;
  /** The rule for the value, as it continues "<path> must …". */
  rule: string;
  /** Whole sentences that say how to put it right. */
  remedy?: string;
}

/** Stands in a problem for a value that must not be shown. */
export const hiddenValue = Symbol("hidden");

const longestText = 60;

/** Renders a path the way Pulumi writes property paths: `pools.api.files["/etc/app.conf"]`. */
export function formatPath(path: (string | number)[]): string {
  const parts = path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    const key = hideAssignedValue(part);
    if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
    return index === 0 ? key : `.${key}`;
  });
  return parts.join("") || "args";
}

/** Renders one problem as one line. */
export function describeProblem(problem: Problem): string {
  const value = describeValue(problem.value);
  const remedy = problem.remedy === undefined ? "" : ` ${problem.remedy}`;
  return `${formatPath(problem.path)} must ${problem.rule}, got ${value}.${remedy}`;
}

/** Renders problems as one text, one line each, with what has them in front. */
export function describeProblems(at: string, problems: Problem[]): string {
  const lines = problems.map(describeProblem).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (lines.length === 1) return `${at}: ${lines.join("")}`;
  return [`${at} has ${lines.length} problems:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Finds the candidate that a misspelt word most likely means. */
export function findNearest(word: string, candidates: string[]): string | undefined {
  const tolerance = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1);
  let nearest: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const isStart = word.length > 2 && candidate.toLowerCase().startsWith(word.toLowerCase());
    const distance = isStart ? 1 : measureDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= tolerance && distance < (nearest?.distance ?? Infinity))
      nearest = { candidate, distance };
  }
  return nearest?.candidate;
}

/** Says which candidate a misspelt word may mean, or else which there are. */
export function suggest(word: string, candidates: string[], kind: string): string {
  const nearest = findNearest(word, candidates);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  return candidates.length === 0 ? `There are no ${kind}.` : `The ${kind} are ${candidates.join(", ")}.`;
}

/** Makes the problem of a key that nothing reads. */
export function makeUnknownKeyProblem(path: (string | number)[], key: string, known: string[]): Problem {
  const remedy = suggest(key, known, "known keys");
  return { path, value: hideAssignedValue(key), isKey: true, rule: "have only known keys", remedy };
}

/** Returns the value as an object with keys, or undefined when it is anything else. */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (isOutput(value) || value instanceof Promise) return undefined;
  return value as Record<string, unknown>;
}

/** Returns the value as a list, or an empty one when it is anything else. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

// `NAME=value` written where a name belongs would otherwise show its value.
function hideAssignedValue(key: string): string {
  return key.replace(/=.*/s, "=…");
}

function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value === hiddenValue) return "(hidden)";
  if (typeof value === "string") return describeText(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (isOutput(value) || value instanceof Promise) return "an output";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty object" : "an object";
  return `a ${typeof value}`;
}

/** A text without a key that stands in the wrong place, and without what an address says of a user. */
function describeText(value: string): string {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(value)) return "(hidden)";
  const shown = value.replace(/\/\/[^\s/@]*@/g, "//…@");
  return JSON.stringify(shown.length > longestText ? `${shown.slice(0, longestText)}…` : shown);
}

function measureDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
