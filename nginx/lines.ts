/** Lines of a configuration file. */
export type Lines = string[];

/** Moves lines one block in; empty lines stay empty. */
export function indent(lines: Lines): Lines {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}
