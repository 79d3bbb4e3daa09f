import { describe, expect, test } from "vitest";
import { docker, findRunning, readState, succeeds, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { contents, findContainer, mustRun, runCommand, runInside } from "./support/backups";

const entries = 2000;

function note(title: string, isSame: boolean, seconds = 0): void {
  record({
    operation: `${title} (entries, wrong)`,
    ...{ requests: entries, failed: isSame ? 0 : entries, held: isSame, seconds },
  });
}

describe("three brokers", () => {
  const { write, read, spoil } = contents.kafka;
  const workspace = useDeployment({
    name: "backup-brokers",
    pools: { api: demoPool({ stores: { KAFKA_URL: "main" } }) },
    settings: {
      datastores: {
        main: {
          engine: "kafka",
          limits: { memoryMiB: 900 },
          kafka: { servers: 3, topics: { entries: { partitions: 3 } } },
          backup: { schedule: "0 3 * * *", limits: { cpus: 2, memoryMiB: 1500 } },
        },
      },
    },
  });
  const run = (command: string): Promise<string> => runInside(workspace(), "main", command, entries);
  const isHealthy = async (): Promise<boolean> => {
    const brokers = await findRunning(workspace().label, "flotilla.role=store");
    const states = await Promise.all(brokers.map((broker) => readState(broker)));
    return states.length === 3 && states.every(({ health }) => health === "healthy");
  };
  let before = "";

  test("are restored together, with every message's number", async () => {
    await run(write);
    // The first to read waits for the cluster to make its place for groups.
    await until(
      "all can be read",
      async () => (before = await run(read)).split("\n").length === entries,
      120,
    );
    await mustRun(workspace(), "backup", "main");
    await run(spoil);
    expect(await run(read)).not.toBe(before);
    const { restored } = await mustRun(workspace(), "restore", "main", "latest", "--yes");
    await until("all brokers are in sync again", isHealthy, 120);
    const after = await run(read);
    note("kafka, three brokers: changed, restored", after === before, restored?.seconds);
    expect(after).toBe(before);
  });

  test("have what they had when a restore is interrupted", async () => {
    await run(spoil);
    const spoiled = await run(read);
    const restoring = runCommand(workspace(), "restore", "main", "latest", "--yes");
    const dumper = await findContainer(workspace(), "main", "store-dump");
    await until(
      "the first broker is being replaced",
      () => succeeds(docker("exec", dumper, "test", "-d", "/brokers/1/.flotilla-before")),
      240,
    );
    await docker("kill", dumper);
    expect((await restoring).ok).toBe(false);
    await docker("start", dumper);
    await until("all brokers run again", isHealthy, 120);
    const after = await run(read);
    note("kafka, three brokers: a restore is interrupted, nothing changed", after === spoiled);
    expect(after).toBe(spoiled);
  });
});

describe("postgres with a pooler and a read replica", () => {
  const { write, read, spoil } = contents.postgres;
  const workspace = useDeployment({
    name: "backup-pooled",
    pools: { api: demoPool({ stores: { DATABASE_URL: "main" } }) },
    settings: {
      datastores: {
        main: {
          engine: "postgres",
          limits: { memoryMiB: 256 },
          postgres: { pooling: {}, servers: 2 },
          backup: { schedule: "0 3 * * *" },
        },
      },
    },
  });
  const run = (command: string): Promise<string> => runInside(workspace(), "main", command, entries);
  const readCopy = async (): Promise<string> => {
    const [, copy = ""] = (await workspace().outputs()).stores?.main?.containers ?? [];
    return docker(
      ...["exec", copy, "psql", "-qtA", "-U", "owner", "-d", "app", "-c"],
      "SELECT count(*), min(id), max(id) FROM entries",
    );
  };

  test("is restored, and the copy follows", async () => {
    await run(write);
    const before = await run(read);
    await mustRun(workspace(), "backup", "main");
    await run(spoil);
    const { restored } = await mustRun(workspace(), "restore", "main", "latest", "--yes");
    await until("the pooler serves what was restored", () =>
      run(read).then(
        (text) => text === before,
        () => false,
      ),
    );
    await until("the copy has the same", async () => (await readCopy()) === `${entries}|1|${entries}`, 60);
    const isSame = (await run(read)) === before;
    note("postgres with pooler and read replica: changed, restored", isSame, restored?.seconds);
    expect(isSame).toBe(true);
    expect(restored?.after).toMatchObject({ "public.entries": String(entries) });
  });
});
