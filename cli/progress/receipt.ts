import { type Board, type Fate, fateOf, isRunning, type Row } from "./board";
import { groupBy } from "./group";
import { countOf, countWords, showSeconds } from "./words";

/** Says in a line what has become of the things of a stack, and how long it took. */
export function describeChanges({ rows }: Board, milliseconds: number): string {
  const running = rows.filter(({ subject }) => isRunning(subject));
  const unchanged = running.filter((row) => fateOf(row) === "unchanged");
  const changed = describeRunning(running.filter((row) => !unchanged.includes(row)));
  const others = changed.length > 0 ? [] : describeOthers(rows.filter(({ subject }) => !isRunning(subject)));
  const parts = [...changed, ...others];
  const rest = unchanged.length === 0 && parts.length > 0 ? [] : [`${unchanged.length} unchanged`];
  const sentence = [...parts, ...rest].join("; ");
  return `${parts.length === 0 ? "Nothing changed: " : ""}${sentence}, in ${showSeconds(milliseconds)}.`;
}

/** Pools with what became of their replicas, and everything else that runs. */
function describeRunning(rows: Row[]): string[] {
  const hasPools = rows.some(({ subject }) => subject.pool !== "");
  // A balancer takes its replicas whenever there are others, which are named.
  const told = rows.filter(
    (row) => !(hasPools && row.subject.kind === "balancer" && fateOf(row) === "changed"),
  );
  const pools = groupBy(told, ({ subject: { component, pool, title } }) => `${component}/${pool || title}`);
  return [...pools.values()].map(describePool);
}

function describePool(rows: Row[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const { pool, title, kind } = first.subject;
  if (pool === "") return `${title} ${nameFate(first)}`;
  const fates = [...new Set(rows.map(fateOf))].map((fate, index) => {
    const count = rows.filter((row) => fateOf(row) === fate).length;
    return `${index === 0 ? countOf(kind, count) : count} ${fate}`;
  });
  return `${pool}: ${fates.join(", ")}`;
}

function nameFate(row: Row): string {
  const fate: Fate = fateOf(row);
  return row.subject.kind === "balancer" && fate === "changed" ? "has new settings" : fate;
}

/** Where nothing that runs is another one. */
function describeOthers(rows: Row[]): string[] {
  const told = rows.filter(
    (row) => !["unchanged", "removed"].includes(fateOf(row)) && row.subject.kind !== "other",
  );
  return [...groupBy(told, ({ subject }) => subject.kind)].map(
    ([kind, those]) => `${countOf(kind, those.length)} ${[...new Set(those.map(fateOf))].join(" or ")}`,
  );
}

/** Says what a stack has no more. */
export function describeGone(stack: string, { rows }: Board, milliseconds: number): string {
  const gone = rows.filter((row) => fateOf(row) === "removed").map(({ subject }) => subject);
  const counts = [
    countWords(gone.filter(isRunning).length, "container"),
    countWords(gone.filter(({ kind }) => kind === "network").length, "network"),
    countWords(
      gone.filter(({ kind }) => kind === "volume").length,
      "volume without data",
      "volumes without data",
    ),
  ].filter((text) => !text.startsWith("0 "));
  if (counts.length === 0) return `The stack ${stack} is down: nothing of it was there.`;
  return `The stack ${stack} is down: ${counts.join(", ")} removed, in ${showSeconds(milliseconds)}.`;
}
