import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";

/** The share of the machine that a container uses. */
export interface Usage {
  cpuPercent: number;
  memoryBytes: number;
}

/** Asks the engine what running containers use, by their ids; it looks for a second or two. */
export async function readUsage(engine: Engine, parts: Part[]): Promise<Map<string, Usage>> {
  const ids = parts.filter(({ state }) => state === "running").map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const format = "--format={{.ID}}\t{{.CPUPerc}}\t{{.MemUsage}}";
  // One that ends meanwhile is told of on standard error, the others still are.
  const { stdout } = await engine.attempt(["stats", "--no-stream", "--no-trunc", format, ...ids]);
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [id = "", cpu, memory] = line.split("\t");
      if (cpu === undefined || memory === undefined) return [];
      return [[id, { cpuPercent: parseFloat(cpu) || 0, memoryBytes: readBytes(memory) }] as const];
    }),
  );
}

const units: Partial<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Reads an amount as Docker writes it: `31.2MiB / 256MiB`, of which the first counts. */
export function readBytes(text: string): number {
  const [, number = "0", unit = "B"] = /^([\d.]+)([A-Za-z]+)/.exec(text) ?? [];
  return Math.round(Number(number) * (units[unit] ?? 1));
}
