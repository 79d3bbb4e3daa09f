import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { dialects } from "../datastore/support/writers";
import { provide } from "../sealed/containers";
import { awaitFirstChecks, docker } from "../support/engine";
import { findFreePort } from "../support/ports";
import { record } from "../support/record";
import { demoPool } from "../support/settings";
import { inspectAll, pageRows, renderRow } from "./support/rights-table";
import { useWorkspace } from "../support/use-workspace";

const engines = ["redis", "postgres", "mongodb", "kafka"] as const;
const workspace = useWorkspace({
  name: "rights",
  pools: {
    api: demoPool({
      stores: Object.fromEntries(engines.map((engine) => [`${engine.toUpperCase()}_URL`, engine])),
    }),
    locked: demoPool({
      user: "node",
      mounts: [],
      env: { LEDGER: "" },
      files: {},
      command: ["node", "-e", "require('http').createServer((_, answer) => answer.end()).listen(3000)"],
      security: { strict: true },
      reachableFrom: ["api"],
    }),
  },
  settings: {
    datastores: Object.fromEntries(
      engines.map((engine) => [
        engine,
        {
          ...{ engine, metrics: true, backup: {}, startSeconds: 600 },
          ...(engine === "redis" ? { redis: { servers: 2 } } : {}),
          ...(engine === "postgres" ? { postgres: { servers: 2, pooling: {} } } : {}),
        },
      ]),
    ),
  },
});

beforeAll(async () => {
  await provide(...engines.map((engine) => dialects[engine].image));
  const [port, alertmanagerPort] = [await findFreePort(), await findFreePort()];
  workspace().configure((settings) => {
    settings.monitoring = { port, alertmanager: { port: alertmanagerPort }, grafana: { enabled: false } };
  });
  await workspace().deploy();
});

test("every container has the rights that the page says, and no other container is there", async () => {
  const containers = await inspectAll(workspace().label);
  const missing = containers.map(renderRow).filter((row) => !pageRows.includes(row));
  const shared = containers.filter(
    ({ HostConfig }) =>
      HostConfig.Privileged ||
      [HostConfig.NetworkMode, HostConfig.PidMode, HostConfig.IpcMode].includes("host"),
  );
  record({
    operation: "containers of a stack with all stores (containers, with other rights than the page says)",
    ...{ requests: containers.length, failed: missing.length + shared.length, seconds: 0 },
    held: missing.length + shared.length === 0,
  });
  expect([...new Set(missing)]).toEqual([]);
  expect(shared).toEqual([]);
});

/** What the kernel says of a process of a container. */
function readStatus(pid: string): {
  name: string;
  user: string;
  effective: bigint;
  bounding: bigint;
  gains: boolean;
} {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): string => RegExp(`^${name}:\\s+(\\S+)`, "m").exec(status)?.[1] ?? "";
  return {
    name: field("Name"),
    user: field("Uid"),
    effective: BigInt(`0x${field("CapEff")}`),
    bounding: BigInt(`0x${field("CapBnd")}`),
    gains: field("NoNewPrivs") !== "1",
  };
}

/** Numbers of the kernel's capabilities that nothing in a container gets: NET_RAW, MKNOD, NET_ADMIN, SYS_ADMIN, SYS_PTRACE. */
const never = [13n, 27n, 12n, 21n, 19n].reduce((mask, bit) => mask | (1n << bit), 0n);

test("what listens is no root, and nothing can become more than it is", async () => {
  await awaitFirstChecks(workspace().label);
  const wrong: string[] = [];
  let processes = 0;
  for (const { Id, Name, Config } of await inspectAll(workspace().label)) {
    const role = Config.Labels["flotilla.role"];
    const server = Config.Labels["flotilla.server"] ?? "";
    for (const [pid] of (await docker("top", Id, "-eo", "pid")).matchAll(/^\s*\d+\s*$/gm)) {
      let status: ReturnType<typeof readStatus>;
      try {
        status = readStatus(pid.trim());
      } catch {
        // A health check that has ended.
        continue;
      }
      processes += 1;
      const { name, user, effective, bounding, gains } = status;
      const at = `${Name} ${name} ${user}`;
      if (gains) wrong.push(`${at} may gain rights`);
      if ((bounding & never) !== 0n) wrong.push(`${at} may get ${bounding.toString(16)}`);
      if (user !== "0" && effective !== 0n) wrong.push(`${at} has ${effective.toString(16)}`);
      const serves =
        /^(?:(?:redis|valkey)(?!-cli)|postgres|mongod|ferretdb|java|prometheus|alertmanager|node_exporter|pgbouncer|haproxy|postgres_exporter|redis_exporter)/;
      if (user === "0" && (serves.test(name) || (role === "store-exporter" && server !== "")))
        wrong.push(`${at} is root`);
    }
  }
  record({
    operation:
      "processes of a stack with all stores (processes, root or with rights that they need not have)",
    ...{ requests: processes, failed: wrong.length, seconds: 0, held: wrong.length === 0 && processes > 10 },
  });
  expect(wrong).toEqual([]);
  expect(processes).toBeGreaterThan(10);
});

test("a second `up` changes nothing", async () => {
  const { changes, text } = await workspace().deploy();
  expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});

test("an image that needs more fails at its gate, which names the setting; with it, it runs", async () => {
  const needs = async (command: string, security: object): Promise<string> => {
    workspace().configure((settings) => {
      settings.pools.needy = {
        image: "node:24-slim",
        command: ["sh", "-c", `${command} && exec sleep 1000`],
        replicas: 1,
        security,
      };
    });
    const { ok, text } = await workspace().up();
    return ok ? "deployed" : text;
  };
  expect(await needs("chroot / true", {})).toContain("pools.needy.security.capabilities");
  const reason = "the test locks itself in";
  expect(await needs("chroot / true", { capabilities: ["SYS_CHROOT"], reason })).toBe("deployed");
  expect(await needs("sleep 2", { strict: true })).toMatch(
    /would run as root, which pools\.needy\.security\.strict/,
  );
  workspace().configure((settings) => {
    settings.pools = Object.fromEntries(Object.entries(settings.pools).filter(([name]) => name !== "needy"));
  });
  expect((await workspace().up()).ok).toBe(true);
});
