/** A value in a file of settings. */
export type Value = string | number | boolean | Value[] | { [key: string]: Value };

/** Renders settings as YAML that people read; every text is quoted as in JSON, or a block of lines. */
export function renderYaml(value: Value): string {
  return `${lines(value).join("\n")}\n`;
}

function lines(value: Value): string[] {
  if (Array.isArray(value)) return value.length === 0 ? ["[]"] : value.flatMap(renderItem);
  if (typeof value !== "object") return [scalar(value)];
  const entries = Object.entries(value);
  return entries.length === 0 ? ["{}"] : entries.flatMap(([key, each]) => renderEntry(key, each));
}

function renderItem(value: Value): string[] {
  const [first = "", ...rest] = lines(value);
  return [`- ${first}`, ...rest.map(indent)];
}

function renderEntry(name: string, value: Value): string[] {
  const key = /^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name);
  if (typeof value === "string" && value.includes("\n"))
    return [`${key}: |-`, ...value.split("\n").map(indent)];
  if (typeof value !== "object" || Object.keys(value).length === 0)
    return [`${key}: ${lines(value).join("")}`];
  return [`${key}:`, ...lines(value).map(indent)];
}

function indent(line: string): string {
  return line === "" ? "" : `  ${line}`;
}

function scalar(value: string | number | boolean): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
