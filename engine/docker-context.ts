import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The address of the context that Docker's command line uses, unless that is the default one. */
export function readContextHost(
  folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"),
): string | undefined {
  const context = process.env.DOCKER_CONTEXT || readCurrentContext(folder);
  if (context === undefined || context === "default") return undefined;
  const id = createHash("sha256").update(context).digest("hex");
  const meta = readJson(join(folder, "contexts", "meta", id, "meta.json")) as
    { Endpoints?: { docker?: { Host?: string } } } | undefined;
  return meta?.Endpoints?.docker?.Host;
}

function readCurrentContext(folder: string): string | undefined {
  return (readJson(join(folder, "config.json")) as { currentContext?: string } | undefined)?.currentContext;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
