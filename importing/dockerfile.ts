// Dockerfiles: their instructions, and what that of a service tells of its image.
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Service } from "./compose/project";

/** The instructions of a Dockerfile, each on one line, without comments. */
export function listInstructions(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  return lines
    .join("\n")
    .replaceAll(/\\\s*\n/g, " ")
    .split("\n")
    .map((line) => line.trim());
}

/** The first group of a pattern in each instruction that fits it, the last one first. */
export function findWords(instructions: string[], pattern: RegExp): string[] {
  return instructions.flatMap((line) => pattern.exec(line)?.[1] ?? []).reverse();
}

/** A Dockerfile, as far as it tells of its image. */
export interface Dockerfile {
  /** Image that the last stage starts from. */
  base: string | undefined;
  /** Port that it says it listens on. */
  port: number | undefined;
  /** Its own health check, as Compose writes one. */
  healthcheck: string[] | undefined;
  /** Files of the context, by what is copied where. */
  copies: { source: string; target: string }[];
  hasEntrypoint: boolean;
}

/** Reads the Dockerfile of a service that is built. */
export function readDockerfile({ build }: Service["fields"]): Dockerfile | undefined {
  if (build === undefined) return undefined;
  const name = build.dockerfile ?? "Dockerfile";
  const file = isAbsolute(name) ? name : join(build.context, name);
  if (!existsSync(file)) return undefined;
  const lines = listInstructions(readFileSync(file, "utf8"));
  const stages = lines.flatMap((line, index) => (/^FROM\s/i.test(line) ? [index] : []));
  const isWanted = (index: number): boolean =>
    new RegExp(`\\sAS\\s+${(build.target ?? "").replaceAll(/[^\w.-]/g, "")}$`, "i").test(lines[index] ?? "");
  const start = build.target === undefined ? stages.at(-1) : stages.find(isWanted);
  if (start === undefined) return undefined;
  const stage = lines.slice(
    start,
    stages.find((index) => index > start),
  );
  const [health] = findWords(stage, /^HEALTHCHECK\s+(?:--\S+\s+)*CMD\s+(.*)$/i);
  const [port] = findWords(stage, /^EXPOSE\s+(\d+)/i);
  return {
    base: /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(stage[0] ?? "")?.[1],
    port: port === undefined ? undefined : Number(port),
    healthcheck: health === undefined ? undefined : ["CMD-SHELL", ...readForm(health)],
    copies: stage.flatMap((line) => {
      const [, words = ""] = /^(?:COPY|ADD)\s+((?!--from).*)$/i.exec(line) ?? [];
      const parts = words.split(/\s+/).filter((word) => word !== "" && !word.startsWith("--"));
      const target = parts.pop();
      return target === undefined
        ? []
        : parts.map((source) => ({ source: join(build.context, source), target }));
    }),
    hasEntrypoint: stage.some((line) => /^ENTRYPOINT\s/i.test(line)),
  };
}

/** A command of a Dockerfile as one line. */
function readForm(text: string): string[] {
  if (!text.startsWith("[")) return [text];
  return [
    text
      .replaceAll(/^\[\s*"|"\s*\]$/g, "")
      .split(/"\s*,\s*"/)
      .join(" "),
  ];
}
