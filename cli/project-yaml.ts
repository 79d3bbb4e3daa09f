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

/** The settings in a stack's file, as they are written there; none where it has no file. */
export function readWritten(folder: string, stack: string): Record<string, unknown> {
  const file = parseFile(join(folder, fileOf(stack)))?.toJS() as
    { config?: Record<string, unknown> } | null | undefined;
  return file?.config ?? {};
}

/** Names of what a stack's file has under a setting, such as its pools; a program of the user's own may have others. */
export function listWritten(folder: string, stack: string, setting: "pools" | "datastores"): string[] {
  const value = readWritten(folder, stack)[`flotilla:${setting}`];
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
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
