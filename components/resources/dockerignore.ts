import * as path from "node:path";

/** The verdict of the rules on one path, and what the paths below it inherit. */
export interface Verdict {
  /** Whether Docker leaves the path out of the build context. */
  readonly excluded: boolean;
  /** For each pattern, whether it matched the path or a folder above it. */
  readonly matched: readonly boolean[];
}

/** The rules of one `.dockerignore` file. Paths are relative to the context and use `/` on every platform. */
export interface IgnoreRules {
  /** Judges a path, given the verdict on the folder it is in (none at the top of the context). */
  judge(path: string, parent?: Verdict): Verdict;
  /** Whether an exception could bring back a path below this excluded folder. */
  mayIncludeBelow(folder: string): boolean;
}

interface Pattern {
  readonly text: string;
  readonly isException: boolean;
  readonly matches: (path: string) => boolean;
}

/** Reads the text of a `.dockerignore` file; `fileName` is what errors call it. */
export function parseDockerignore(text: string, fileName = ".dockerignore"): IgnoreRules {
  const patterns = readLines(text).map((line) => compilePattern(line, fileName));
  const exceptions = patterns.filter((pattern) => pattern.isException);
  return {
    judge: (path, parent) => judge(patterns, path, parent),
    mayIncludeBelow: (folder) => exceptions.some((exception) => reachesBelow(exception.text, folder)),
  };
}

/** Whether Docker leaves out a path, judged from the top of the context downwards. */
export function isExcluded(rules: IgnoreRules, path: string): boolean {
  const segments = path.split("/");
  let verdict: Verdict | undefined;
  for (let depth = 1; depth <= segments.length; depth++) {
    verdict = rules.judge(segments.slice(0, depth).join("/"), verdict);
  }
  return verdict?.excluded ?? false;
}

function readLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => (line.startsWith("!") ? `!${toRelative(line.slice(1).trim())}` : toRelative(line)));
}

function toRelative(pattern: string): string {
  const cleaned = pattern === "" ? "" : cleanPath(pattern);
  return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}

function cleanPath(text: string): string {
  const normalized = path.posix.normalize(text);
  return normalized.length > 1 && normalized.endsWith("/") ? normalized.slice(0, -1) : normalized;
}

function compilePattern(line: string, fileName: string): Pattern {
  // Docker cleans a second time, with the "!" still in place, so that "!/" is a lone "!".
  const cleaned = cleanPath(line);
  const isException = cleaned.startsWith("!");
  const text = isException ? cleaned.slice(1) : cleaned;
  try {
    if (text === "") throw new SyntaxError("nothing follows the exclamation mark");
    return { text, isException, matches: compileMatch(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${fileName} must hold patterns that Docker can read, got "${line}": ${reason}.`);
  }
}

function judge(patterns: readonly Pattern[], path: string, parent: Verdict | undefined): Verdict {
  let excluded = false;
  const matched = patterns.map((pattern, index) => {
    // Docker tries a pattern only where it would turn the verdict, and inherits just what was tried. So an
    // exception for a folder does not bring back a file that a pattern of its own excludes.
    const isMatch =
      (parent?.matched[index] ?? false) || (pattern.isException === excluded && pattern.matches(path));
    if (isMatch) excluded = !pattern.isException;
    return isMatch;
  });
  return { excluded, matched };
}

function reachesBelow(exception: string, folder: string): boolean {
  const below = `${folder}/`;
  const wildcardAt = exception.search(/[*?[\\]/);
  if (wildcardAt === -1) return exception.startsWith(below);
  const literal = exception.slice(0, wildcardAt);
  if (!below.startsWith(literal) && !literal.startsWith(below)) return false;
  // Without these, each segment of the pattern stands for exactly one of the path.
  const mayCrossFolders = /\*\*|[[\\]/.test(exception);
  return mayCrossFolders || exception.split("/").length > folder.split("/").length;
}

type Kind = "exact" | "prefix" | "suffix" | "expression";

// The kinds are more than a short cut: as in Docker, `**file` matches "myfile", but `**file*` does not.
function compileMatch(pattern: string): (path: string) => boolean {
  const { kind, source } = translate(pattern);
  if (kind === "exact") return (path) => path === pattern;
  if (kind === "prefix") {
    const prefix = pattern.replace(/\*\*\/?$/, "");
    return (path) => path.startsWith(prefix);
  }
  if (kind === "suffix") {
    const suffix = pattern.slice(2);
    return (path) => path.endsWith(suffix) || `/${path}` === suffix;
  }
  const expression = new RegExp(`^${source}$`, "u");
  return (path) => expression.test(path);
}

function translate(pattern: string): { kind: Kind; source: string } {
  const characters = Array.from(pattern);
  let kind: Kind = "exact";
  let source = "";
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] ?? "";
    if (character === "*" && characters[at + 1] === "*") {
      const isFirst = at === 0;
      at += characters[at + 2] === "/" ? 3 : 2;
      const isLast = at === characters.length;
      source += isLast ? "[^\\n]*" : "(?:[^\\n]*/)?";
      if (isFirst) kind = "suffix";
      else kind = isLast && kind === "exact" ? "prefix" : "expression";
      continue;
    }
    if (character === "[") {
      const range = translateClass(characters, at);
      source += range.source;
      at = range.end;
      kind = "expression";
      continue;
    }
    if (character === "*" || character === "?") {
      source += character === "*" ? "[^/]*" : "[^/]";
      kind = "expression";
    } else if (character === "\\") {
      // An escape on Windows too, where Docker takes it for a separator: the result must not depend on the machine.
      at += 1;
      source += escapeLiteral(expectCharacter(characters, at, "a backslash ends the pattern"));
      kind = "expression";
    } else {
      source += escapeLiteral(character);
    }
    at += 1;
  }
  return { kind, source };
}

function translateClass(characters: readonly string[], start: number): { source: string; end: number } {
  const isNegated = characters[start + 1] === "^";
  let at = start + (isNegated ? 2 : 1);
  let items = "";
  const next = (): string => {
    const first = expectCharacter(characters, at, "a bracket is not closed");
    if (first === "-" || first === "]") throw new SyntaxError(`"${first}" in brackets needs a backslash`);
    if (first === "\\") at += 1;
    const character = expectCharacter(characters, at, "a bracket is not closed");
    at += 1;
    return /[\\\][^-]/.test(character) ? `\\${character}` : character;
  };
  while (items === "" || characters[at] !== "]") {
    items += next();
    if (characters[at] === "-") {
      at += 1;
      items += `-${next()}`;
    }
  }
  return { source: `[${isNegated ? "^" : ""}${items}]`, end: at + 1 };
}

function expectCharacter(characters: readonly string[], at: number, problem: string): string {
  const character = characters[at];
  if (character === undefined) throw new SyntaxError(problem);
  return character;
}

function escapeLiteral(character: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(character) ? `\\${character}` : character;
}
