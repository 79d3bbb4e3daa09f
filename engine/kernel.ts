import type { Engine } from "./client";

/** Whether the engine's kernel hands on who waits at a socket that is closed; Linux does since 5.14. */
export async function mayMigrateRequests(engine: Engine): Promise<boolean> {
  const { code, stdout } = await engine.attempt(["info", "--format={{.KernelVersion}}"]);
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(code === 0 ? stdout : "") ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 14);
}
