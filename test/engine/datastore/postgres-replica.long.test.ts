import { expect, test } from "vitest";
import { docker, readState, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites, killServer } from "./support/acknowledged";
import { askFrom, dialects } from "./support/writers";

const dialect = dialects.postgres;
const workspace = useDeployment({
  name: "standby",
  pools: { api: demoPool({ stores: { DATABASE_URL: "main" } }) },
  settings: { datastores: { main: { engine: "postgres" } } },
});
const writes = followWrites(workspace, dialect);

function configure(postgres: Record<string, unknown>): void {
  workspace().configure((settings: StackSettings) => {
    settings.datastores = { main: { engine: "postgres", postgres } };
  });
}

async function change(postgres: Record<string, unknown>): Promise<void> {
  configure(postgres);
  await workspace().deploy();
}

async function findServers(): Promise<[string, string]> {
  const [first, second] = (await writes.find()).containers;
  if (first === undefined || second === undefined) throw new Error("The datastore has no two servers.");
  return [first, second];
}

/** Runs a statement as the owner, in a server's own container. */
async function askOwner(server: string, statement: string): Promise<string> {
  return docker("exec", server, "psql", "-qtAX", "-U", "owner", "-d", "app", "-c", statement);
}

async function readUrl(): Promise<string> {
  return (await writes.find()).url.replace("@main:", "@main-2:");
}

async function askReplica(statement: string): Promise<{ code: number | null; text: string }> {
  const { network } = await writes.find();
  return askFrom(network, dialect.image, await readUrl(), `psql -qtAX "$URL" -c "${statement}"`);
}

/** Waits until the replica has what the first server has now; records how long that takes. */
async function catchUp(operation: string): Promise<void> {
  const [first] = await findServers();
  const position = await askOwner(first, "SELECT pg_current_wal_flush_lsn()");
  const count = await askOwner(first, "SELECT count(*) FROM entries");
  const seconds = await until(
    "the replica has caught up",
    async () => (await askReplica(`SELECT pg_last_wal_replay_lsn() >= '${position}'`)).text === "t",
    90,
  );
  const { text } = await askReplica("SELECT count(*) FROM entries");
  record({
    operation: `postgres: ${operation}: the replica catches up (rows, missing)`,
    ...{ requests: Number(count), failed: Number(count) - Number(text), seconds },
    held: text === count,
  });
  expect(text).toBe(count);
}

test("a single server gets one without losing a write, and without a restart", async () => {
  const [first = ""] = (await writes.find()).containers;
  await docker("exec", "-i", first, "sh", "-c", dialect.prepare);
  const { startedAt } = await readState(first);
  const lost = await writes.underWrites("postgres: a replica joins", () => change({ servers: 2 }));
  expect(lost).toBe(0);
  expect((await findServers())[0]).toBe(first);
  expect((await readState(first)).startedAt).toBe(startedAt);
  const again = await workspace().deploy();
  expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  await catchUp("it joined");
});

test("it answers reads, and refuses writes", async () => {
  expect((await askReplica("SELECT pg_is_in_recovery()")).text).toBe("t");
  expect((await askReplica("INSERT INTO entries VALUES ('refused')")).text).toContain(
    "read-only transaction",
  );
});

test("its password is readable nowhere outside its container", async () => {
  const [, second] = await findServers();
  const [, password = ""] =
    /:([^:]+)$/.exec(await docker("exec", "--user=0", second, "cat", "/etc/flotilla/replica-password")) ?? [];
  expect(password).not.toBe("");
  expect(await docker("inspect", second)).not.toContain(password);
  expect(await workspace().exportState()).not.toContain(password);
  expect(await askOwner(second, "SHOW primary_conninfo")).not.toContain(password);
});

test("its end disturbs no writer", async () => {
  const [, second] = await findServers();
  const lost = await writes.underWrites("postgres: kill -9 of the replica", async () => {
    await killServer(second);
  });
  expect(lost).toBe(0);
  await catchUp("it was killed");
});

test("no acknowledged write is lost when the first server is killed, or replaced", async () => {
  const [first, second] = await findServers();
  expect(
    await writes.underWrites("postgres: kill -9 of a server with a replica", () => killServer(first)),
  ).toBe(0);
  await catchUp("the first server was killed");
  const lost = await writes.underWrites("postgres: both servers are replaced", () =>
    change({ servers: 2, maxConnections: 40 }),
  );
  expect(lost).toBe(0);
  const after = await findServers();
  expect(after[0]).not.toBe(first);
  expect(after[1]).not.toBe(second);
  await catchUp("both were replaced");
});

test("it copies anew when the first server keeps no longer what it lacks", async () => {
  const [first, second] = await findServers();
  await docker("stop", second);
  await askOwner(first, "SELECT pg_drop_replication_slot('flotilla_replica')");
  await docker("start", second);
  await catchUp("it was away for too long");
  expect(await docker("logs", second)).toContain("Copying the data of main-1.");
});

test("it copies anew when the first server was set back, without being told", async () => {
  const [first] = await findServers();
  const run = (script: string) => docker("exec", "--user=0", first, "sh", "-ec", script);
  await run("rm -rf /tmp/copy && pg_basebackup -U owner -D /tmp/copy --checkpoint=fast");
  await askOwner(first, "INSERT INTO entries VALUES ('after the copy')");
  await catchUp("something was written after a copy");
  // As a restore does it: what the server had is gone, and what it gets is older.
  await run("cp -a /tmp/copy $PGDATA.copy");
  await docker("stop", first);
  const swap = "rm -rf $PGDATA && mv $PGDATA.copy $PGDATA";
  await docker("run", "--rm", `--volumes-from=${first}`, "--entrypoint=sh", dialect.image, "-ec", swap);
  await docker("start", first);
  await until(
    "the replica has forgotten it",
    async () => {
      const { text } = await askReplica("SELECT count(*) FROM entries WHERE key = 'after the copy'");
      return text === "0";
    },
    120,
  );
  await catchUp("the first server was set back");
  expect(await writes.countMissing()).toBe(0);
});

test("leaves without losing a write, and the server keeps nothing for it", async () => {
  const [first] = await findServers();
  const lost = await writes.underWrites("postgres: the replica leaves", () => change({ maxConnections: 40 }));
  expect(lost).toBe(0);
  expect((await writes.find()).containers).toEqual([first]);
  expect(await askOwner(first, "SELECT count(*) FROM pg_replication_slots")).toBe("0");
  expect(await askOwner(first, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'flotilla_replica'")).toBe(
    "f",
  );
});

test("one that comes back copies anew, and so does one whose first server begins with nothing", async () => {
  await change({ servers: 2, maxConnections: 40 });
  await catchUp("it came back");
  const { volumes } = await writes.find();
  const destroyed = await workspace().destroy();
  expect(destroyed.ok, destroyed.text).toBe(true);
  await docker("volume", "rm", volumes[0] ?? "");
  await workspace().deploy();
  expect((await writes.find()).volumes).toEqual(volumes);
  const [first] = await findServers();
  await docker("exec", "-i", first, "sh", "-c", dialect.prepare);
  await askOwner(first, "INSERT INTO entries VALUES ('new')");
  await catchUp("the first server began with nothing");
});
