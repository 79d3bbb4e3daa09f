import { describe, expect, test } from "vitest";
import type { BackupRecord } from "../../../../backup/record";
import { setSecret } from "../../images/stack-secrets";
import { docker, until } from "../../support/engine";
import { record } from "../../support/rows";
import { demoPool } from "../../support/settings";
import { useWorkspace } from "../../support/use-workspace";
import { type BackedUpEngine, contents, findContainer, mustRun, runCommand, runInside } from "./backups";

/** Where backups of a trial are kept, and how one who should not comes at them. */
export interface TrialPlace {
  title: string;
  /** Setting `to`, without what is secret; undefined for the default. */
  to: () => Record<string, unknown> | undefined;
  /** Secrets that it names. */
  secrets: () => Record<string, string>;
  /** All that is stored, as text of bytes. */
  read: (keeper: string) => Promise<string>;
  /** Changes a byte in the middle of what is stored of a backup. */
  damage: (keeper: string, id: string) => Promise<void>;
}

const small = { limits: { memoryMiB: 256 } };
/** Settings of the engines. */
const own: Record<BackedUpEngine, object> = {
  redis: small,
  postgres: small,
  mongodb: { limits: { memoryMiB: 512 } },
  kafka: { limits: { memoryMiB: 1024 }, kafka: { topics: { entries: { partitions: 3 } } } },
};
const entries = 3000;
const key = "a-key-of-the-user-that-is-long-enough";

/** Backups of an engine in one kind of place: made, observed, lost, restored, damaged. */
export function tryBackups(
  engine: BackedUpEngine,
  place: TrialPlace,
  { encrypt }: { encrypt: boolean },
): void {
  const { write, read, spoil, kinds, counts } = contents[engine];
  // Where the official image cannot be pulled, FerretDB stands in.
  const title = engine === "mongodb" ? "mongodb or FerretDB" : engine;

  describe(`${title}, backups in ${place.title}${encrypt ? ", encrypted" : ""}`, () => {
    const workspace = useWorkspace({
      name: `backup-${engine}`,
      pools: { api: demoPool({ stores: { STORE_URL: "main" } }) },
      settings: { datastores: {} },
    });
    let before = "";

    const deploy = async (): Promise<void> => {
      const secrets = { ...place.secrets(), ...(encrypt ? { backupKey: key } : {}) };
      for (const [name, value] of Object.entries(secrets)) await setSecret(workspace(), name, value);
      const to = place.to();
      workspace().configure((settings) => {
        settings.datastores = {
          main: {
            engine,
            ...own[engine],
            backup: {
              schedule: "* * * * *",
              ...(to === undefined ? {} : { to }),
              ...(encrypt ? { encryptionKey: "backupKey" } : {}),
              keep: { count: 5 },
            },
          },
        };
      });
      await workspace().deploy();
    };
    const readAll = (): Promise<string> => runInside(workspace(), "main", read, entries);
    const list = async (): Promise<BackupRecord[]> =>
      (await mustRun(workspace(), "backup", "main", "--list")).backups ?? [];
    const keeper = (): Promise<string> => findContainer(workspace(), "main", "store-backup");
    const note = (
      operation: string,
      expected: number,
      found: number,
      seconds: number,
      remark: string,
    ): void => {
      const failed = Math.abs(expected - found);
      record({
        operation: `${title}, ${place.title}: ${operation} (entries, missing or wrong)`,
        ...{ requests: expected, failed, seconds, note: remark, held: failed === 0 },
      });
    };

    test("is made on demand, verified, and counted", async () => {
      await deploy();
      await runInside(workspace(), "main", write, entries);
      before = await readAll();
      const { backup } = await mustRun(workspace(), "backup", "main");
      expect(backup).toMatchObject({ verified: true, reason: "request", counts: counts(entries) });
      const [name = ""] = Object.keys(counts(entries));
      const remark = `${backup?.size ?? 0} bytes, stored as ${backup?.storedSize ?? 0}`;
      note("backup on demand", entries, Number(backup?.counts[name] ?? 0), backup?.seconds ?? 0, remark);
    });

    test("is made on schedule, and told as metrics", async () => {
      const seconds = await until(
        "a scheduled backup",
        async () => (await list()).some(({ reason, verified }) => reason === "schedule" && verified),
        130,
      );
      const metrics = await docker(
        "exec",
        await keeper(),
        "node",
        "-e",
        'fetch("http://main-backup:8104/metrics").then(async (answer) => console.log(await answer.text()))',
      );
      expect(metrics).toMatch(/^flotilla_backup_last_success_verified\{store="main"\} 1$/m);
      expect(metrics).toMatch(/^flotilla_backup_failures_total\{store="main"\} 0$/m);
      const age = Date.now() / 1000 - Number(/last_success_timestamp_seconds\{.*\} (\S+)/.exec(metrics)?.[1]);
      expect(age).toBeLessThan(200);
      const scheduled = (await list()).find(({ reason, verified }) => reason === "schedule" && verified);
      const [name = ""] = Object.keys(counts(entries));
      const kept = Number(scheduled?.counts[name] ?? 0);
      note("scheduled every minute, observed", entries, kept, seconds, "seconds until it was there");
      expect(kept).toBe(entries);
    });

    test("keeps what it stores, and its keys, to itself", async () => {
      const run = await workspace().deploy();
      expect(run.changes, run.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
      const secrets = [...Object.values(place.secrets()), ...(encrypt ? [key] : [])];
      const [container, dumper] = [await keeper(), await findContainer(workspace(), "main", "store-dump")];
      const seen = [
        run.text,
        await workspace().exportState(),
        await docker("inspect", container, dumper),
        await docker("logs", container),
        await docker("logs", dumper),
      ].join("\n");
      for (const secret of secrets) expect(seen).not.toContain(secret);
      expect(await docker("port", container)).toBe("");
      if (encrypt) expect(await place.read(container)).not.toMatch(/value of|PGDMP|REDIS/);
    });

    test("is restored into a datastore that has changed", async () => {
      const { backup } = await mustRun(workspace(), "backup", "main");
      await runInside(workspace(), "main", spoil, entries);
      expect(await readAll()).not.toBe(before);
      const { restored } = await mustRun(workspace(), "restore", "main", backup?.id ?? "", "--yes");
      expect(restored?.after).toMatchObject(counts(entries));
      expect(await readAll()).toBe(before);
      note(
        "restored over changed data",
        entries,
        countLines(await readAll(), before),
        restored?.seconds ?? 0,
        "identical",
      );
    });

    test("brings back what was lost with its volume, in a new deployment", async () => {
      const ids = (await list()).map(({ id }) => id);
      const [volume = ""] = (await workspace().outputs()).stores?.main?.volumes ?? [];
      const destroyed = await workspace().destroy();
      expect(destroyed.ok, destroyed.text).toBe(true);
      await docker("volume", "rm", volume);
      await deploy();
      const empty = await runInside(workspace(), "main", kinds, 0);
      expect(empty).toBe("0");
      const found = await list();
      expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(ids.slice(0, 1)));
      const good = found.find((each) => ids.includes(each.id));
      const { restored } = await mustRun(workspace(), "restore", "main", good?.id ?? "", "--yes");
      const after = await readAll();
      note(
        "data destroyed, restored",
        entries,
        countLines(after, before),
        restored?.seconds ?? 0,
        "identical, by count and content",
      );
      expect(after).toBe(before);
      // Written to the disk, too.
      await docker("restart", (await workspace().outputs()).stores?.main?.containers[0] ?? "");
      await until("it answers again", () =>
        readAll().then(
          (text) => text === before,
          () => false,
        ),
      );
    });

    test("is refused where it is unknown or damaged, and nothing is changed", async () => {
      await runInside(workspace(), "main", spoil, entries);
      const spoiled = await readAll();
      const unknown = await runCommand(workspace(), "restore", "main", "20200101T030000Z-abcdef", "--yes");
      expect(unknown.ok).toBe(false);
      expect(unknown.errors.join()).toContain("The backups are:");
      const unasked = await runCommand(workspace(), "restore", "main");
      expect(unasked.errors.join()).toContain("add --yes");
      const { backup } = await mustRun(workspace(), "backup", "main");
      await place.damage(await keeper(), backup?.id ?? "");
      const damaged = await runCommand(workspace(), "restore", "main", backup?.id ?? "", "--yes");
      expect(damaged.ok).toBe(false);
      expect(damaged.errors.join()).toContain("What is stored is damaged");
      expect(await readAll()).toBe(spoiled);
    });

    test("keeps as many as it shall", async () => {
      for (let made = 0; made < 3; made++) await mustRun(workspace(), "backup", "main");
      const backups = await list();
      expect(backups).toHaveLength(5);
      expect(backups.every(({ fault }) => fault === undefined)).toBe(true);
    });
  });
}

/** Number of entries that are what they were. */
function countLines(text: string, expected: string): number {
  const found = new Set(text.split("\n"));
  const wanted = expected.split("\n").filter((line) => line.includes("value of"));
  return wanted.filter((line) => found.has(line)).length;
}
