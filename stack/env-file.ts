/** The values of a file of `KEY=VALUE` lines. */
export interface EnvFile {
  /** The values, by name; the last line of a name wins. */
  values: Record<string, string>;
  /** Numbers of the lines that say nothing that can be read, from 1. */
  unreadableLines: number[];
}

const line = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const quotedValue = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*(?:#.*)?$/;
const escapes: Partial<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Reads lines of `KEY=VALUE`, with comments, quotes and an `export` in front allowed. */
export function parseEnvFile(text: string): EnvFile {
  const values = new Map<string, string>();
  const unreadableLines: number[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, name, rest] = line.exec(trimmed) ?? [];
    const value = rest === undefined ? undefined : parseValue(rest);
    if (name === undefined || value === undefined) unreadableLines.push(index + 1);
    else values.set(name, value);
  }
  return { values: Object.fromEntries(values), unreadableLines };
}

function parseValue(text: string): string | undefined {
  if (!/^['"]/.test(text)) return text.startsWith("#") ? "" : text.replace(/\s+#.*$/, "");
  const [isQuoted, single, double] = quotedValue.exec(text) ?? [];
  if (isQuoted === undefined) return undefined;
  return single ?? double?.replace(/\\(.)/g, (_, escaped: string) => escapes[escaped] ?? escaped);
}
