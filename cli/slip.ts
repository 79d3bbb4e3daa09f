// Narrower than the nearest name in a stack's file: an option that is near one of ours is refused, and Pulumi has many.
/** Whether words differ by a slip of the hand: one letter another, too many or missing, or two in each other's place. */
export function isSlip(written: string, meant: string): boolean {
  if (written === meant) return false;
  const start = countCommon(written, meant);
  const [left, right] = [written.slice(start), meant.slice(start)];
  if (left.slice(1) === right.slice(1) || left === right.slice(1) || left.slice(1) === right) return true;
  const swapped = right.charAt(1) + right.charAt(0) + right.slice(2);
  return left === swapped;
}

/** Says which of some words was meant, behind a space; nothing where none is near. */
export function suggestNearest(written: string, words: string[]): string {
  const meant = words.find((word) => isSlip(written, word));
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}

/** How many letters two words have in common from the start. */
function countCommon(one: string, other: string): number {
  let count = 0;
  while (count < one.length && one.charAt(count) === other.charAt(count)) count++;
  return count;
}
