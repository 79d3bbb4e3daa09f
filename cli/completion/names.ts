import { readdirSync } from "node:fs";
import { connect } from "../../engine/client";
import { labelField, labelFilters, type Labels } from "../../engine/labels";
import { titleOf } from "../../engine/parts";
import { stackFolder } from "../bare/machine.cjs";
import { labelOf } from "../data-volumes";
import { listWritten, readWritten } from "../project-yaml";
import type { Names } from "./complete";

/** Seconds that somebody waits for a word at most. */
const soonSeconds = 2;

const told = ["replica", "balancer", "number", "store", "server"] as const;

/** Finds names where that takes a moment: in the stacks' files, and on the engine by a list. */
export function findNames(folder = stackFolder): Names {
  return {
    stacks: () =>
      readdirSync(folder).flatMap((file) => /^Pulumi\.([\w.-]+)\.ya?ml$/.exec(file)?.slice(1) ?? []),
    pools: (stack) => listWritten(folder, stack, "pools"),
    stores: (stack) => listWritten(folder, stack, "datastores"),
    parts: (stack) => listTitles(stack, readWritten(folder, stack)["docker:host"]),
  };
}

async function listTitles(stack: string, host: unknown): Promise<string[]> {
  const engine = connect({ host: typeof host === "string" ? host : undefined });
  const format = `--format=${told.map(labelField).join("\t")}`;
  const filters = labelFilters({ stack: labelOf(stack) });
  const { stdout } = await engine.attempt(["ps", format, ...filters], { seconds: soonSeconds });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const values = line.split("\t");
    const labels = Object.fromEntries(
      told.flatMap((name, index) => (values[index] ? [[name, values[index]]] : [])),
    ) as Labels;
    return titleOf(labels);
  });
}
