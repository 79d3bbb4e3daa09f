/** Text between single quotes for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A shell script of texts that stand in files, in which the values are variables. */
export function composeShell(values: Record<string, string | number>, ...texts: string[]): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quote(String(value))}\n`);
  return [...lines, ...texts].join("");
}
