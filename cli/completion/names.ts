import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { connect } from "../../engine/client";
import { labelField, labelFilters, type Labels } from "../../engine/labels";
import { titleOf } from "../../engine/parts";
import { stackFolder } from "../bare/machine.cjs";
import { labelOf, withoutOwner } from "../data-volumes";
import type { Names } from "./complete";

/** Seconds that somebody waits for a word at most. */
const soonSeconds = 2;

const told = ["replica", "balancer", "store", "server"] as const;

/** Finds names where that takes a moment: in the stacks' files, and on the engine by a list. */
export function findNames(folder = stackFolder): Names {
  const read = (stack: string): Record<string, unknown> => readConfig(folder, stack);
  const keys = (value: unknown): string[] =>
    typeof value === "object" && value !== null ? Object.keys(value) : [];
  return {
    stacks: () =>
      readdirSync(folder).flatMap((file) => /^Pulumi\.([\w.-]+)\.ya?ml$/.exec(file)?.slice(1) ?? []),
    pools: (stack) => keys(read(stack)["flotilla:pools"]),
    stores: (stack) => keys(read(stack)["flotilla:datastores"]),
    parts: (stack) => listTitles(stack, read(stack)["docker:host"]),
  };
}

function readConfig(folder: string, stack: string): Record<string, unknown> {
  const file = join(folder, `Pulumi.${withoutOwner(stack)}.yaml`);
  if (!existsSync(file)) return {};
  const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  return config ?? {};
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
