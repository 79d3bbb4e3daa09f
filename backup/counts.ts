/**
 * Contents of a datastore or of its dump: numbers by name. A name that starts with "~" is of what has an end, so that
 * there may be less of it later; one that starts with "#" is a checksum or a sum that only a dump has.
 */
export type Counts = Record<string, string>;

/** Reads lines of a name and a number. */
export function parseCounts(text: string): Counts {
  const lines = text.split("\n").flatMap((line) => {
    const [, name, value] = /^(.+) (\S+)$/.exec(line.trim()) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(lines);
}

/** Says where the contents of a dump differ from what was counted when it was made. */
export function compareDump(expected: Counts, found: Counts): string[] {
  return Object.entries(expected).flatMap(([name, value]) =>
    found[name] === value ? [] : [describe(name, value, found[name])],
  );
}

/** Says where what was restored differs from the dump that it came from. */
export function compareRestored(dump: Counts, restored: Counts): string[] {
  const names = [...new Set([...Object.keys(dump), ...Object.keys(restored)])];
  return names.flatMap((name) => {
    // A sum that the server itself does not give.
    if (name.startsWith("#") && restored[name] === undefined) return [];
    const { [name]: expected = "0" } = dump;
    const { [name]: found = "0" } = restored;
    const fits = name.startsWith("~") ? Number(found) <= Number(expected) : found === expected;
    return fits ? [] : [describe(name, expected, found)];
  });
}

function describe(name: string, expected: string, found = "nothing"): string {
  return `${name.replace(/^[#~]/, "")}: ${found} instead of ${expected}`;
}

/** The counts that people want to see. */
export function describeCounts(counts: Counts): string {
  const shown = Object.entries(counts).filter(([name]) => !name.startsWith("#"));
  if (shown.length === 0) return "nothing";
  return shown.map(([name, value]) => `${name.replace("~", "")} ${value}`).join(", ");
}
