import type { Engine } from "./client";

/** A container that is none of Flotilla's and has the port that a balancer is to have. */
export const replacedVariable = "FLOTILLA_REPLACES";

/** Seconds that it has to end. */
const graceSeconds = 2;

/** Whether that container publishes a port. */
export async function isPublishedByReplaced(engine: Engine, port: number): Promise<boolean> {
  const name = process.env[replacedVariable] ?? "";
  if (name === "") return false;
  const names = await engine.run(["ps", `--filter=publish=${port}`, "--format={{.Names}}"]);
  return names.split("\n").includes(name);
}

/** Stops that container where it publishes one of some ports, at the last moment before somebody else does. */
export async function stopReplaced(engine: Engine, ports: number[]): Promise<void> {
  const published = await Promise.all(ports.map((port) => isPublishedByReplaced(engine, port)));
  if (published.includes(true))
    await engine.run(["stop", `--time=${graceSeconds}`, process.env[replacedVariable] ?? ""]);
}
