/** How many of the things have the same text. */
export function count<Thing>(
  things: Thing[],
  textOf: (thing: Thing) => string = String,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of things.map(textOf).sort()) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** Counts in words, like `api-1: 5, api-2: 4`. */
export function inWords(counts: Record<string, number>): string {
  return Object.entries(counts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, number]) => `${name}: ${number}`)
    .join(", ");
}
