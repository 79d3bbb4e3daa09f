import { expect } from "vitest";
import { ask, askForAnswer } from "../support/requests";
import { record } from "../support/rows";
import { demoPool, type PoolSettings, setEnv } from "../support/settings";
import type { Workspace } from "../support/workspace";

/** What is said of an application that only its own container reaches. */
export const local = "listens on port 3000 of 127.0.0.1 alone, which only its own container reaches";
/** Starts an application whose third replica nobody else reaches, and with LOCAL none; each is healthy by its own check. */
export const localCommand = [
  "sh",
  "-c",
  'case "$LOCAL $INSTANCE_ID" in *true* | *-3) export HOST=127.0.0.1 ;; esac; exec node /app/server.js',
];

/** Pools of which nobody reaches the third replica and, with LOCAL, any. */
export const localPools: Record<string, PoolSettings> = {
  api: demoPool({
    command: localCommand,
    replicas: { initial: 2, min: 1, max: 3 },
    env: { LOCAL: "true", UPSTREAM_URL: "http://worker:3000/" },
  }),
  worker: demoPool({ command: localCommand, reachableFrom: ["api"] }),
};

/** What is done without a single request: what is found must not need one. */
export interface Quiet {
  tryWithoutLoad: (operation: string, message: string, env?: Record<string, string>) => Promise<void>;
  setVersion: (pool: string, env: Record<string, string | undefined>, strategy?: string) => void;
  expectVersion: (version: string) => Promise<void>;
}

/** The same for a workspace. */
export function describeQuiet(workspace: () => Workspace): Quiet {
  return {
    async tryWithoutLoad(operation, message, env) {
      const run = await workspace().up(env);
      const held = !run.ok && run.text.includes(message);
      record({ operation, requests: 0, failed: 0, seconds: run.seconds, held });
      expect(run.ok, run.text).toBe(false);
      expect(run.text).toContain(message);
    },

    setVersion(pool, env, strategy = "blue-green") {
      workspace().configure((settings) => {
        setEnv(settings, pool, env);
        Object.assign(settings.pools[pool] ?? {}, { strategy });
      });
    },

    async expectVersion(version) {
      for (let i = 0; i < 6; i++) expect((await askForAnswer(workspace().url)).version).toBe(version);
      expect(await ask(`${workspace().url}/healthz`)).toEqual({ status: 200, body: '{"status":"ok"}' });
    },
  };
}
