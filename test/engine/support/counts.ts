import type { LoadReport } from "../../load/report";

/** How many of the things have the same text. */
export function count<Thing>(
  things: Thing[],
  textOf: (thing: Thing) => string = String,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of things.map(textOf).sort()) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** The longest answer of a load in words, like `longest 25.1 s`. */
export function longestInWords({ rows }: Pick<LoadReport, "rows">): string {
  return `longest ${(Math.max(...rows.map(({ slowestMs }) => slowestMs)) / 1000).toFixed(1)} s`;
}

/** Counts in words, like `api-1: 5, api-2: 4`. */
export function inWords(counts: Record<string, number>): string {
  return Object.entries(counts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, number]) => `${name}: ${number}`)
    .join(", ");
}
