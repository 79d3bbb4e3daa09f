import { beforeAll, describe, expect, test } from "vitest";
import { provide } from "../sealed/containers";
import { docker, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { contents, findContainer, mustRun, runCommand, runInside } from "./support/backups";
import { ownVolume } from "./support/places";
import { tryBackups } from "./support/restored";
import { dialects } from "./support/writers";

beforeAll(() => provide(dialects.mongodb.image));

tryBackups("mongodb", ownVolume, { encrypt: true });

const entries = 500;

describe("a restore of mongodb, or of FerretDB in its place", () => {
  const workspace = useDeployment({
    name: "backup-broken",
    pools: { api: demoPool({ stores: { STORE_URL: "main" } }) },
    settings: { datastores: { main: { engine: "mongodb", backup: {} } } },
  });
  const { write, read } = contents.mongodb;
  const readAll = (): Promise<string> => runInside(workspace(), "main", read, entries);

  /** Runs a script of the shell as the administrator. */
  async function administrate(script: string): Promise<string> {
    const [server = ""] = (await workspace().outputs()).stores?.main?.containers ?? [];
    const password = "$(cat /etc/flotilla/administrator-password)";
    const address = `mongodb://administrator:${password}@127.0.0.1/app?authSource=admin`;
    return docker("exec", server, "sh", "-c", `mongosh --quiet --norc "${address}" --eval '${script}'`);
  }

  function tellWhole(title: string, before: string, after: string): void {
    const found = new Set(after.split("\n"));
    const wanted = before.split("\n").filter((line) => line.includes("value of"));
    const lost = wanted.filter((line) => !found.has(line)).length;
    record({
      operation: `mongodb or FerretDB: ${title} (entries, lost)`,
      ...{ requests: wanted.length, failed: lost, seconds: 0, held: lost === 0 && wanted.length === entries },
    });
    expect([lost, wanted.length]).toEqual([0, entries]);
  }

  async function restartDumper(): Promise<void> {
    await docker("restart", "--time=1", await findContainer(workspace(), "main", "store-dump"));
  }

  test("that broke off while the dump was loaded leaves the data as they were", async () => {
    await runInside(workspace(), "main", write, entries);
    const before = await readAll();
    await administrate("db.flotilla_restored_entries.insertOne({ _id: 1 })");
    expect(await readAll()).not.toBe(before);
    await restartDumper();
    await until("what was loaded is gone", async () => (await readAll()) === before);
    tellWhole("a restore that broke off while it loaded", before, await readAll());
  });

  test("that broke off while collections were replaced goes on to its end", async () => {
    const before = await readAll();
    const complete = {
      _id: "complete",
      collections: [{ name: "entries", type: "collection", options: "{}" }],
    };
    await administrate(`
      db.adminCommand({ renameCollection: "app.entries", to: "app.flotilla_restored_entries" });
      db.other.insertOne({ _id: 1 });
      db.flotilla_restored.insertOne(${JSON.stringify({ ...complete, users: [] })});`);
    const isRestored = (): Promise<boolean> =>
      readAll().then(
        (text) => text === before,
        () => false,
      );
    expect(await isRestored()).toBe(false);
    await restartDumper();
    await until("what was restored is in its place", isRestored);
    tellWhole("a restore that broke off while it replaced", before, await readAll());
  });

  test("is refused where a dump cannot be loaded, and the data stay", async () => {
    const before = await readAll();
    const { backup } = await mustRun(workspace(), "backup", "main");
    const dumper = await findContainer(workspace(), "main", "store-dump");
    await docker("exec", dumper, "sh", "-c", "mv /usr/bin/mongorestore /tmp/");
    const restored = await runCommand(workspace(), "restore", "main", backup?.id ?? "", "--yes");
    expect(restored.ok).toBe(false);
    expect(await readAll()).toBe(before);
    await docker("exec", dumper, "sh", "-c", "mv /tmp/mongorestore /usr/bin/");
    expect((await runCommand(workspace(), "restore", "main", backup?.id ?? "", "--yes")).ok).toBe(true);
    expect(await readAll()).toBe(before);
  });
});
