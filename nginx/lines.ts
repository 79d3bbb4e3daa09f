/** Lines of a configuration file. */
export type Lines = string[];

/** Moves lines one block in; empty lines stay empty. */
export function indent(lines: Lines): Lines {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}

/** A directive that holds others. */
export function block(head: string, lines: Lines): Lines {
  return [`${head} {`, ...indent(lines), "}"];
}

/** The lines with an empty one in front, or nothing when there are none. */
export function apart(lines: Lines): Lines {
  return lines.length === 0 ? [] : ["", ...lines];
}

/** A directive of the user's, closed where it is not. */
export function statement(directive: string): string {
  return /[;}]\s*$/.test(directive) ? directive : `${directive};`;
}

/** A text as one word for Nginx. Its variables are still filled in. */
export function quote(text: string): string {
  return /^[\w./:=*~^$-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A text for a regular expression that means itself. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A header of an answer; where its value turns out empty it is left out. */
export interface Header {
  name: string;
  value: string;
}

/** One header, of failures too. */
export function addHeader({ name, value }: Header): string {
  return `add_header ${name} ${quote(value)} always;`;
}
