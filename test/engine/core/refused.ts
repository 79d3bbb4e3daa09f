import { createServer } from "node:net";
import { expect, test } from "vitest";
import { findHoldings } from "../support/engine";
import { findFreePort } from "../support/ports";
import { row } from "../support/rows";
import type { StackSettings } from "../support/settings";
import type { Workspace } from "../support/workspace";

interface Mistake {
  name: string;
  make: (settings: StackSettings) => void;
  /** What the refusal says: where, what and how to mend it. */
  says: RegExp;
}

let takenPort = 0;

/** What the engine or Nginx has to be asked for, and one mistake that the program finds itself. */
export const mistakesOfTheEngine: Mistake[] = [
  {
    name: "overlapping routes",
    make: (settings) => (settings.routes = [{ pool: "api" }, { path: "/", pool: "api" }]),
    says: /routes\[1\].*must differ from routes\[0\] in host or path.*Remove one/s,
  },
  {
    name: "port that somebody else has",
    make: ({ balancer }) => (balancer.port = takenPort),
    says: /The port 127\.0\.0\.1:\d+ of the engine's host is taken\. Set balancer\.port/,
  },
  {
    name: "snippet with a mistake",
    make: ({ balancer }) => (balancer.serverDirectives = ["add_headr X-A b"]),
    says: /Nginx refuses the settings; nothing was changed\.[^]*unknown directive "add_headr"/,
  },
];

/** Mistakes that the program finds itself, before it asks anybody. */
export const mistakesOfTheFile: Mistake[] = [
  {
    name: "unknown pool",
    make: (settings) => (settings.routes = [{ pool: "api" }, { path: "/x", pool: "apo" }]),
    says: /routes\[1\]\.pool.*"apo".*must name a public pool.*api/s,
  },
  {
    name: "two ports alike",
    make: ({ balancer }) => (balancer.tls = { port: balancer.port }),
    says: /balancer\.tls\.port.*must differ from balancer\.port.*a port each/s,
  },
  {
    name: "bad network",
    make: ({ balancer }) => (balancer.access = { allow: ["10.0.0.0/33"] }),
    says: /balancer\.access\.allow\[0\].*"10\.0\.0\.0\/33".*must be an address or a network.*10\.0\.0\.0\/8/s,
  },
  {
    name: "weight 0",
    make: ({ pools }) => Object.assign(pools.api ?? {}, { balancing: { weights: [0, 1, 1] } }),
    says: /pools\.api\.balancing\.weights\[0\].*0.*must be a whole number from 1/s,
  },
  {
    name: "negative timeout",
    make: ({ pools }) => Object.assign(pools.api ?? {}, { balancing: { timeouts: { readSeconds: -1 } } }),
    says: /pools\.api\.balancing\.timeouts\.readSeconds.*-1.*must be a whole number from 1/s,
  },
  {
    name: "sticky on an old Nginx",
    make: ({ pools, balancer }) => {
      balancer.version = "1.28.0";
      Object.assign(pools.api ?? {}, { balancing: { sticky: {} } });
    },
    says: /pools\.api\.balancing\.sticky.*must be left out below Nginx 1\.29\.6.*ip_hash or hash/s,
  },
];

/** Deploys bad configurations to a stack of three replicas that run. */
export function describeRefused(workspace: () => Workspace, mistakes: Mistake[]): void {
  test("bad configurations are refused, each in its own words, and nothing changes", async () => {
    takenPort = await findFreePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(takenPort, "127.0.0.1", resolve));
    const before = await findHoldings(workspace().label);
    const options = {
      operation: `${mistakes.length} bad configurations: each refused, nothing changes`,
      target: workspace().url,
      load: { clients: { busyGet: 2, busyPost: 2, slow: 0, idle: 2, fresh: 1 } },
      note: () => mistakes.map(({ name }) => name).join(", "),
    };
    await row(options, async () => {
      for (const { name, make, says } of mistakes) {
        let restore: () => void = () => undefined;
        workspace().configure((settings) => {
          const good = structuredClone(settings);
          restore = () => {
            for (const key of Object.keys(settings)) Reflect.deleteProperty(settings, key);
            Object.assign(settings, good);
          };
          make(settings);
        });
        const { ok, text } = await workspace().up();
        workspace().configure(restore);
        expect(ok, `${name}: ${text}`).toBe(false);
        expect(text, name).toMatch(says);
        expect(await findHoldings(workspace().label), name).toEqual(before);
      }
    });
    await new Promise((resolve) => other.close(resolve));
    const { changes } = await workspace().deploy();
    expect(await findHoldings(workspace().label)).toEqual(before);
    expect(changes).toMatchObject({ create: 0, replace: 0, delete: 0 });
  });
}
