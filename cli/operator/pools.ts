import type { Part } from "../../engine/parts";
import type { RestartedPool } from "../../engine/restart";
import { stackFolder } from "../bare/machine.cjs";
import { Failure, Misuse } from "../failure";
import { listWritten } from "../project-yaml";
import { suggestNearest } from "../slip";
import { chooseParts } from "./parts";

/** The pools that words name, or all where there are none; what is in no pool is refused. */
export function choosePools(parts: Part[], words: string[]): RestartedPool[] {
  const chosen = chooseParts(parts, words);
  const others = chosen.filter(({ pool }) => pool === "");
  if (words.length > 0 && others.length > 0)
    throw new Misuse(
      `Only pools can be made anew without losing a request, got ${others.map(({ title }) => title).join(", ")}. Where a short time without it does no harm: docker restart ${others.map(({ name }) => name).join(" ")}`,
    );
  const keys = new Map(
    chosen
      .filter(({ pool }) => pool !== "")
      .map(({ service, pool }) => [`${service}/${pool}`, { service, pool }]),
  );
  if (keys.size === 0) throw new Misuse("There is no pool in the stack.");
  return [...keys.values()];
}

/** Refuses numbers for pools that a stack has not, neither on its engine nor in its file. */
export function refuseUnknownPools(
  parts: Part[],
  counts: string[],
  stack: string,
  folder = stackFolder,
): void {
  const isKnown = (known: string[]) => (name: string) => known.includes(name);
  const written = counts.map((each) => each.replace(/=.*/, ""));
  const deployed = [...new Set(parts.map(({ pool }) => pool).filter((pool) => pool !== ""))];
  if (written.every(isKnown(deployed))) return;
  const known = [...new Set([...deployed, ...listWritten(folder, stack, "pools")])];
  const unknown = written.filter((name) => !isKnown(known)(name));
  if (unknown.length === 0) return;
  const lines = unknown.map(
    (name) => `The stack ${stack} has no pool ${name}.${suggestNearest(name, known)}`,
  );
  throw new Misuse(`${lines.join("\n")}\nIts pools: ${known.join(", ") || "none"}.`);
}

/** Says how many replicas pools have now, and had. */
export function describeCounts(before: Part[], counts: string[]): string {
  const sentences = counts.map((each) => {
    const [name = "", count = ""] = each.split("=");
    const had = before.filter(({ pool, state }) => pool === name && state === "running").length;
    const now = `${name} has ${count} ${count === "1" ? "replica" : "replicas"}`;
    return before.length === 0 || had === Number(count) ? now : `${now}, and had ${had}`;
  });
  return `${sentences.join("; ")}.`;
}

/** Fails where a pool has another number of replicas than it was told, as under a program of a user's own. */
export function requireCounts(parts: Part[], counts: string[]): void {
  const wrong = counts.flatMap((each) => {
    const [name = "", count] = each.split("=");
    const found = parts.filter(({ pool, state }) => pool === name && state === "running").length;
    return found === Number(count) ? [] : [`${name} has ${found} replicas instead of ${count ?? ""}`];
  });
  if (wrong.length > 0)
    throw new Failure(
      `${wrong.join(", ")}: the program of this project does not take numbers that it is told. Write them into the program, and deploy.`,
    );
}
