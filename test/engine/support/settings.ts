import { ledgerFolder, ledgerVolume } from "./ledger";

/** A pool as a stack's file has it. */
export interface PoolSettings {
  env?: Record<string, string>;
  mounts?: Record<string, unknown>[];
  [setting: string]: unknown;
}

/** What a stack's file says below `flotilla:`. */
export interface StackSettings {
  pools: Record<string, PoolSettings>;
  balancer: { port: number; tls?: { port?: number; [setting: string]: unknown }; [setting: string]: unknown };
  [setting: string]: unknown;
}

/**
 * A pool of the demo application that ends at once on SIGTERM, and notes each POST that it carries out. It logs no requests,
 * because the engine would need the processors for them that the load needs.
 */
export function demoPool(settings: PoolSettings = {}): PoolSettings {
  const { env, mounts = [], ...rest } = settings;
  return {
    image: "node:24-slim",
    port: 3000,
    command: ["node", "/app/server.js"],
    files: { "/app/server.js": "apps/demo/server.js" },
    env: { VERSION: "1", GRACEFUL: "false", LOG: "false", LEDGER: ledgerFolder, ...env },
    mounts: [{ path: ledgerFolder, volume: ledgerVolume }, ...mounts],
    healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 8 },
    ...rest,
  };
}

/** Changes the environment of a pool. */
export function setEnv(settings: StackSettings, pool: string, env: Record<string, string | undefined>): void {
  const { [pool]: changed } = settings.pools;
  if (changed === undefined) throw new Error(`There is no pool "${pool}".`);
  const entries = Object.entries({ ...changed.env, ...env });
  changed.env = Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
