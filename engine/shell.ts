/** Text between single quotes for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A shell script of texts that stand in files, in which the values are variables. */
export function composeShell(values: Record<string, string | number>, ...texts: string[]): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quote(String(value))}\n`);
  return [...lines, ...texts].join("");
}

/** A shell command with its arguments. */
export function renderCommand(name: string, ...words: string[]): string {
  return [name, ...words.map(quote)].join(" ");
}

/** A shell function of commands, which may be none. */
export function renderFunction(name: string, commands: string): string {
  return `${name}() {\n:\n${commands}\n}\n`;
}
