import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as yamlModule from "yaml";
import { withoutOwner } from "./data-volumes";

/** Says where a file of a project, or of one of its stacks, is no YAML; undefined where they all are. */
export function findYamlFault(folder: string, stack: string): string | undefined {
  for (const name of ["Pulumi.yaml", fileOf(stack)]) {
    const [error] = parseFile(join(folder, name))?.errors ?? [];
    if (error === undefined) continue;
    const [place] = error.linePos ?? [];
    const [message = ""] = error.message.split(/ at line |\n/);
    return `${name}${place === undefined ? "" : `, line ${place.line}, column ${place.col}`}: ${message}.`;
  }
  return undefined;
}

/** Names of the pools in a stack's file; a program of the user's own may have others. */
export function listWrittenPools(folder: string, stack: string): string[] {
  const settings = parseFile(join(folder, fileOf(stack)))?.toJS() as
    { config?: { "flotilla:pools"?: unknown } } | null | undefined;
  const pools = settings?.config?.["flotilla:pools"];
  return typeof pools === "object" && pools !== null ? Object.keys(pools) : [];
}

function fileOf(stack: string): string {
  return `Pulumi.${withoutOwner(stack)}.yaml`;
}

function parseFile(file: string): yamlModule.Document.Parsed | undefined {
  if (!existsSync(file)) return undefined;
  // Few commands need it.
  const { parseDocument } = createRequire(__filename)("yaml") as typeof yamlModule;
  return parseDocument(readFileSync(file, "utf8"));
}
