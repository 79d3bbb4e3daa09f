import { type MemberLine, weightOf, withWeight } from "../nginx/members";

/** Largest weight: the method `hash` has 160 points in memory for each unit. */
const mostWeight = 200;

/** The lines of old and new replicas where the new ones together have so many per cent of the requests. Spares have no part in it. */
export function shareOut(leaving: MemberLine[], coming: MemberLine[], percent: number): string[] {
  const factors = { old: (100 - percent) * addWeights(coming), fresh: percent * addWeights(leaving) };
  const scale = (lines: MemberLine[], factor: number): { line: MemberLine; weight: number }[] =>
    lines.map((line) => ({ line, weight: line.backup ? 0 : weightOf(line.text) * factor }));
  const scaled = [...scale(leaving, factors.old), ...scale(coming, factors.fresh)];
  const divisor = scaled.reduce((all, { weight }) => findDivisor(all, weight), 0) || 1;
  const largest = Math.max(...scaled.map(({ weight }) => weight / divisor));
  // A share that would need larger ones is rounded.
  const rest = Math.max(1, largest / mostWeight);
  return scaled.map(({ line, weight }) =>
    line.backup ? line.text : withWeight(line.text, Math.max(1, Math.round(weight / divisor / rest))),
  );
}

function addWeights(lines: MemberLine[]): number {
  return lines.reduce((sum, { backup, text }) => sum + (backup ? 0 : weightOf(text)), 0);
}

function findDivisor(one: number, other: number): number {
  return other === 0 ? one : findDivisor(other, one % other);
}
