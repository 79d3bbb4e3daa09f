import { describe, expect, test } from "vitest";
import { settingsVariable } from "../../../stack/variables";
import { setSecret } from "../images/stack-secrets";
import { docker, findRunning, readState, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { contents, findContainer, mustRun, runCommand, runInside } from "./support/backups";
import { useS3 } from "./support/places";

const entries = 1000;

describe("redis and postgres with backups in S3", () => {
  const s3 = useS3();
  const workspace = useWorkspace({
    name: "backups",
    pools: { api: demoPool({ stores: { CACHE_URL: "cache", DATABASE_URL: "db" } }) },
    settings: { datastores: {} },
  });
  const stores = [
    ["cache", "redis"],
    ["db", "postgres"],
  ] as const;

  /** The engines' own settings are what a deployment changes. */
  const configure = (changes: { redis?: object; postgres?: object } = {}): void => {
    const backup = {
      ...{ schedule: "0 3 * * *", to: s3.to(), encrypt: true, beforeDeployment: true },
      keep: { count: 20 },
    };
    workspace().configure((settings) => {
      settings.datastores = {
        cache: { engine: "redis", limits: { memoryMiB: 256 }, backup, redis: changes.redis ?? {} },
        db: { engine: "postgres", limits: { memoryMiB: 256 }, backup, postgres: changes.postgres ?? {} },
      };
    });
  };
  const containersOf = async (): Promise<string[]> => {
    const { stores: found = {} } = await workspace().outputs();
    return Object.values(found).flatMap(({ containers }) => containers);
  };
  const count = async (store: string): Promise<number> =>
    (await mustRun(workspace(), "backup", store, "--list")).backups?.length ?? 0;

  test("are made on demand, and restored as they were", async () => {
    for (const [name, value] of Object.entries(s3.secrets())) await setSecret(workspace(), name, value);
    configure();
    await workspace().deploy();
    for (const [store, engine] of stores) {
      const { write, read, spoil, counts } = contents[engine];
      await runInside(workspace(), store, write, entries);
      const before = await runInside(workspace(), store, read, entries);
      const { backup } = await mustRun(workspace(), "backup", store);
      expect(backup).toMatchObject({ verified: true, counts: counts(entries) });
      await runInside(workspace(), store, spoil, entries);
      const { restored } = await mustRun(workspace(), "restore", store, "latest", "--yes");
      const after = await runInside(workspace(), store, read, entries);
      record({
        operation: `${engine}: backed up to S3, changed, restored (entries, wrong)`,
        ...{ requests: entries, failed: after === before ? 0 : entries, held: after === before },
        seconds: restored?.seconds ?? 0,
      });
      expect(after).toBe(before);
    }
    expect(s3.server().refused).toEqual([]);
  });

  test("have keys that nobody reads in the engine, the state or the outputs", async () => {
    const { stores: outputs } = await workspace().outputs();
    const backupKey = outputs?.cache?.backupKey ?? "";
    expect(backupKey.length).toBeGreaterThan(30);
    const run = await workspace().deploy();
    expect(run.changes, run.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    const seen = [run.text, await workspace().exportState()];
    for (const [store] of stores)
      for (const role of ["store", "store-dump", "store-backup"]) {
        const container = await findContainer(workspace(), store, role);
        seen.push(await docker("inspect", container), await docker("logs", container));
      }
    for (const secret of [backupKey, ...Object.values(s3.secrets())])
      expect(seen.join("\n")).not.toContain(secret);
  });

  test("are made before a deployment, also one that changes nothing, and in no preview", async () => {
    const before = await count("cache");
    await workspace().deploy();
    expect(await count("cache")).toBe(before + 1);
    const { backups = [] } = await mustRun(workspace(), "backup", "cache", "--list");
    expect(backups[0]).toMatchObject({ reason: "deployment", verified: true });
    expect((await workspace().preview()).ok).toBe(true);
    expect(await count("cache")).toBe(before + 1);
  });

  test("stop a deployment when they fail, with nothing of the datastores or their users changed", async () => {
    const before = await containersOf();
    const [replica = ""] = await findRunning(workspace().label, "flotilla.pool=api");
    const { startedAt } = await readState(replica);
    const { secretKey } = s3.server();
    s3.server().secretKey = "another";
    configure({ redis: { maxMemoryMiB: 100 }, postgres: { maxConnections: 50 } });
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
    });
    const run = await workspace().up();
    expect(run.ok).toBe(false);
    expect(run.text).toContain('Datastore "cache": no backup could be made before the deployment');
    expect(run.text).toContain("was answered with 403 SignatureDoesNotMatch.");
    expect(run.text).toContain("--set datastores.cache.backup.beforeDeployment=false");
    expect(await containersOf()).toEqual(before);
    expect((await readState(replica)).startedAt).toBe(startedAt);
    expect(run.changes).toMatchObject({ replace: 0, delete: 0 });
    record({
      operation: "a backup before the deployment fails: up stops (containers, changed)",
      ...{ requests: before.length, failed: 0, seconds: run.seconds, held: true },
      note: "what it would have replaced runs on",
    });
    const without = await workspace().deploy({
      [settingsVariable]: [...stores]
        .map(([store]) => `datastores.${store}.backup.beforeDeployment=false`)
        .join("\n"),
    });
    expect(without.changes.replace, without.text).toBeGreaterThan(0);
    expect(await containersOf()).not.toEqual(before);
    s3.server().secretKey = secretKey;
    for (const [store, engine] of stores)
      expect(await runInside(workspace(), store, contents[engine].read, entries)).toContain(
        `value of ${entries}`,
      );
  });

  test("do not count when they are interrupted, and go on afterwards", async () => {
    const before = await count("cache");
    const keeper = await findContainer(workspace(), "cache", "store-backup");
    const interrupted = runCommand(workspace(), "backup", "cache").catch(() => undefined);
    await until("the dump is begun", async () => {
      const { requests } = s3.server();
      return (
        requests.at(-1)?.startsWith("PUT") === true ||
        (await docker("exec", keeper, "ls", "/staging/work")) !== ""
      );
    });
    await docker("kill", "--signal=KILL", keeper);
    await interrupted;
    await docker("start", keeper);
    await until(
      "it answers again",
      async () => (await runCommand(workspace(), "backup", "cache", "--list")).ok,
    );
    expect(await count("cache")).toBe(before);
    expect((await mustRun(workspace(), "backup", "cache")).backup?.verified).toBe(true);
    expect(await count("cache")).toBe(before + 1);
  });
});
