import { expect, test } from "vitest";
import { docker, findRunning, succeeds, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites, killServer } from "./support/acknowledged";
import { type BenchResult, startBench } from "./support/bench";
import { askFrom, dialects } from "./support/writers";

const dialect = dialects.postgres;
const pooling = { size: 8, maxClients: 300 };
const workspace = useDeployment({
  name: "pooling",
  pools: { api: demoPool({ stores: { DATABASE_URL: "main" } }) },
  settings: { datastores: { main: { engine: "postgres", postgres: { maxConnections: 30 } } } },
});
const writes = followWrites(workspace, dialect);

async function change(settings: Record<string, unknown>): Promise<void> {
  workspace().configure((stack: StackSettings) => {
    stack.datastores = { main: { engine: "postgres", ...settings } };
  });
  await workspace().deploy();
}

async function findServer(): Promise<string> {
  const [server] = (await writes.find()).containers;
  if (server === undefined) throw new Error("The datastore has no server.");
  return server;
}

async function findPooler(): Promise<string> {
  const [pooler] = await findRunning(workspace().label, "flotilla.role=store-companion");
  if (pooler === undefined) throw new Error("The datastore has no pooler.");
  return pooler;
}

/** Runs a statement as the owner, in the server's own container. */
async function askOwner(statement: string): Promise<string> {
  return docker("exec", await findServer(), "psql", "-qtAX", "-U", "owner", "-d", "app", "-c", statement);
}

/** Runs a statement as a client on the datastore's network. */
async function ask(url: string, statement: string): Promise<{ code: number | null; text: string }> {
  const { network } = await writes.find();
  return askFrom(network, dialect.image, url, `psql -qtAX "$URL" -c "${statement}"`);
}

async function countEntries(): Promise<number> {
  return Number(await askOwner("SELECT count(*) FROM entries"));
}

/** Records a run of the load program by what it was told and what is there. */
function recordBench(operation: string, { transactions, aborted, text }: BenchResult, found: number): void {
  record({
    operation: `postgres: ${operation} (writes, lost)`,
    ...{ requests: transactions, failed: Math.max(0, transactions - found), seconds: 0 },
    note: `${aborted} clients gave up`,
    held: transactions > 0 && transactions <= found && aborted === 0,
  });
  expect({ aborted, isAllThere: transactions <= found }, text).toEqual({ aborted: 0, isAllThere: true });
  expect(transactions).toBeGreaterThan(0);
}

test("a single server gets a pooler without losing a write, and the address stays", async () => {
  await askOwner("CREATE TABLE IF NOT EXISTS entries (key text PRIMARY KEY)");
  const before = await writes.find();
  expect(
    await writes.underWrites("postgres: a pooler joins", () =>
      change({ postgres: { maxConnections: 30, pooling } }),
    ),
  ).toBe(0);
  expect((await writes.find()).url).toBe(before.url);
  const again = await workspace().deploy();
  expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});

test("serves many more clients than the server has connections", async () => {
  const { url, network } = await writes.find();
  const refused = await startBench(network, url.replace("@main:", "@main-1:"), ["-c 100", "-t 1"]).ended;
  expect(refused.text).toMatch(/too many clients|remaining connection slots are reserved/);
  const before = await countEntries();
  const served = await startBench(network, url, ["-c 100", "-j 2", "-t 20"]).ended;
  expect(served.transactions, served.text).toBe(2000);
  recordBench("100 clients of a server with 30 connections", served, (await countEntries()) - before);
});

test("lets in the application's users alone, and shows nobody what it knows", async () => {
  const { url } = await writes.find();
  const server = await findServer();
  const pooler = await findPooler();
  const as = (user: string, password: string, host: string): string =>
    url.replace(/\/\/.*@main:/, `//${user}:${password}@${host}:`);
  const owner = await docker("exec", "--user=0", server, "cat", "/etc/flotilla/owner-password");
  const users = await docker("exec", pooler, "cat", "/etc/flotilla/pgbouncer-users.txt");
  const [, own = ""] = /" "(.*)"$/.exec(users) ?? [];
  expect(own).not.toBe("");
  expect((await ask(url, "SELECT 1")).text).toBe("1");
  expect((await ask(url.replace(/:[^:@]*@/, ":wrong-password@"), "SELECT 1")).code).not.toBe(0);
  expect((await ask(as("owner", owner, "main"), "SELECT 1")).code).not.toBe(0);
  expect((await ask(as("owner", owner, "main-1"), "SELECT 1")).text).toBe("1");

  const direct = as("flotilla_pooler", own, "main-1");
  const look = (user: string) => ask(direct, `SELECT count(secret) FROM flotilla.find_login('${user}')`);
  expect((await look("app_v1")).text).toBe("1");
  expect((await look("owner")).text).toBe("0");
  expect((await ask(direct, "SELECT * FROM pg_authid")).text).toContain("permission denied");
  expect((await ask(direct, "SELECT * FROM entries")).text).toContain("permission denied");
  expect((await ask(url, "SELECT * FROM flotilla.find_login('app_v1')")).text).toContain("permission denied");

  const inspected = await docker("inspect", pooler);
  expect(inspected).not.toContain(own);
  expect(await workspace().exportState()).not.toContain(own);
  expect(await docker("port", pooler)).toBe("");
});

test("gives pools the way past it too", async () => {
  workspace().configure(({ pools }) => {
    pools.api = demoPool({ stores: { DATABASE_URL: "main", DIRECT_URL: "main.direct" } });
  });
  await workspace().deploy();
  const [replica = ""] = await findRunning(workspace().label, "flotilla.pool=api");
  const { url } = await writes.find();
  const env = await docker("exec", replica, "sh", "-c", 'echo "$DATABASE_URL $DIRECT_URL"');
  expect(env).toBe(`${url} ${url.replace("@main:", "@main-1:")}`);
});

test("keeps its clients and containers when the password changes", async () => {
  const before = await writes.find();
  const pooler = await findPooler();
  const entries = await countEntries();
  const bench = startBench(before.network, before.url, ["-c 40", "-j 2", "-T 40", "-R 100"]);
  const lost = await writes.underWrites("postgres: a new password, through the pooler", () =>
    change({ passwordVersion: 2, postgres: { maxConnections: 30, pooling } }),
  );
  expect(lost).toBe(0);
  // The connections of the password before are still in use.
  expect(await bench.isOn()).toBe(true);
  const result = await bench.ended;
  recordBench(
    "40 clients that stay connected while the password changes",
    result,
    (await countEntries()) - entries,
  );
  const after = await writes.find();
  expect(after.url).not.toBe(before.url);
  expect({ containers: after.containers, pooler: await findPooler() }).toEqual({
    containers: before.containers,
    pooler,
  });
  expect((await ask(before.url, "SELECT 1")).text).toBe("1");
  await change({ passwordVersion: 3, postgres: { maxConnections: 30, pooling } });
  expect((await ask(after.url, "SELECT 1")).text).toBe("1");
  expect((await ask(before.url, "SELECT 1")).code).not.toBe(0);
});

test("loses no acknowledged write when the server behind it is killed, or replaced", async () => {
  const killed = await writes.underWrites("postgres: kill -9 of the server behind the pooler", async () =>
    killServer(await findServer()),
  );
  expect(killed).toBe(0);
  const pooler = await findPooler();
  const replaced = await writes.underWrites("postgres: the server behind the pooler is replaced", () =>
    change({ passwordVersion: 3, postgres: { maxConnections: 40, pooling } }),
  );
  expect(replaced).toBe(0);
  expect(await findPooler()).toBe(pooler);
});

test("loses no acknowledged write when the pooler is replaced", async () => {
  const pooler = await findPooler();
  const lost = await writes.underWrites("postgres: the pooler is replaced", () =>
    change({
      passwordVersion: 3,
      postgres: { maxConnections: 40, pooling: { ...pooling, maxClients: 200 } },
    }),
  );
  expect(lost).toBe(0);
  expect(await findPooler()).not.toBe(pooler);
});

test("is healthy as long as the server answers through it", async () => {
  const [, health = ""] = JSON.parse(
    await docker("inspect", "--format={{json .Config.Healthcheck.Test}}", await findPooler()),
  ) as string[];
  const pooler = await findPooler();
  const isHealthy = () => succeeds(docker("exec", pooler, "sh", "-c", health));
  expect(await isHealthy()).toBe(true);
  const server = await findServer();
  await docker("stop", server);
  expect(await isHealthy()).toBe(false);
  await docker("start", server);
  await until("it answers again", isHealthy);
});

test("leaves without losing a write", async () => {
  workspace().configure(({ pools }) => {
    pools.api = demoPool({ stores: { DATABASE_URL: "main" } });
  });
  const lost = await writes.underWrites("postgres: the pooler leaves", () => change({ passwordVersion: 3 }));
  expect(lost).toBe(0);
  expect(await findRunning(workspace().label, "flotilla.role=store-companion")).toEqual([]);
  expect(await askOwner("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'flotilla_pooler'")).toBe("f");
});
