import {
  asRecord,
  hiddenValue,
  makeUnknownKeyProblem,
  suggest,
  type Problem,
} from "../components/arguments/problems";
import { settingsVariable } from "./variables";

type Path = (string | number)[];

/** The settings with those of one run put in, and what is wrong with these. */
export interface Overridden {
  settings: Map<string, unknown>;
  problems: Problem[];
}

/** Puts the settings of one run over those of the stack's file; `isEncrypted` tells which keys must not be touched. */
export function applyOverrides(
  settings: Map<string, unknown>,
  text: string | undefined,
  isEncrypted: (key: string) => boolean,
): Overridden {
  const changed = new Map(settings);
  const problems: Problem[] = [];
  for (const line of (text ?? "").split("\n").filter((each) => each.trim() !== "")) {
    const [, pathText = "", value] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
    const path = parsePath(pathText.trim());
    const [key] = path ?? [];
    if (path === undefined || typeof key !== "string" || value === undefined) {
      // What stands behind the sign may be a secret.
      const shown = line.replace(/=.*/s, "=…");
      const remedy = 'Write it like pools.api.limits.memoryMiB=512, with quotes around odd keys: env["A.B"].';
      problems.push({ path: [settingsVariable], value: shown, rule: "be a path, = and a value", remedy });
      continue;
    }
    const problem = findKeyProblem(key, settings, isEncrypted) ?? findPoolProblem(path, changed.get("pools"));
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    const [first, ...rest] = path as [string, ...Path];
    const result = put(changed.get(first), rest, parseValue(value), path);
    if ("value" in result) changed.set(first, result.value);
    else problems.push(result.problem);
  }
  return { settings: changed, problems };
}

function findKeyProblem(
  key: string,
  settings: Map<string, unknown>,
  isEncrypted: (key: string) => boolean,
): Problem | undefined {
  if (isEncrypted(key)) {
    const remedy = `Run \`pulumi config set --secret ${key}\`.`;
    return { path: [settingsVariable], value: key, rule: "name settings that are not encrypted", remedy };
  }
  if (settings.has(key)) return undefined;
  return makeUnknownKeyProblem([settingsVariable], key, [...settings.keys()]);
}

/** A misspelt pool would be a new one, and the complaint about what it lacks would not tell why. */
function findPoolProblem([key, name]: Path, pools: unknown): Problem | undefined {
  const known = asRecord(pools);
  if (key !== "pools" || name === undefined || known === undefined || Object.hasOwn(known, String(name)))
    return undefined;
  const remedy = suggest(String(name), Object.keys(known), "pools");
  return { path: [settingsVariable, key], value: name, rule: "name pools of the configuration", remedy };
}

/** Reads `pools.api.env["A.B"]` and `routes[0].path`; undefined when it is no path. */
function parsePath(text: string): Path | undefined {
  const part = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)+)"\]/gy;
  const path: Path = [];
  while (part.lastIndex < text.length) {
    const [, key, index, quoted] = part.exec(text) ?? [];
    if (key !== undefined) path.push(key);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(quoted.replace(/\\(.)/g, "$1"));
    else return undefined;
  }
  return path.length === 0 || text.startsWith(".") ? undefined : path;
}

/** JSON where it is JSON, and otherwise text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A text in the place of an object may be a secret that belongs into it. */
function hideText(value: unknown): unknown {
  return typeof value === "string" ? hiddenValue : value;
}

function put(
  target: unknown,
  [part, ...rest]: Path,
  value: unknown,
  whole: Path,
): { value: unknown } | { problem: Problem } {
  if (part === undefined) return { value };
  if (typeof part === "number") {
    const list = target === undefined ? [] : target;
    if (!Array.isArray(list) || part > list.length) {
      const rule = "name an entry of a list, or the one after its last";
      return { problem: { path: whole, value: hideText(target), rule } };
    }
    const inner = put(list[part], rest, value, whole);
    return "value" in inner ? { value: list.toSpliced(part, 1, inner.value) } : inner;
  }
  const fields = target === undefined || target === null ? {} : asRecord(target);
  if (fields === undefined)
    return { problem: { path: whole, value: hideText(target), rule: "name a key of an object" } };
  const inner = put(Object.hasOwn(fields, part) ? fields[part] : undefined, rest, value, whole);
  return "value" in inner ? { value: { ...fields, [part]: inner.value } } : inner;
}
