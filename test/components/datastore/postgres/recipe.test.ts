import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DatastoreEngine, type PostgresArgs, PostgresPoolMode } from "../../../../components";
import { renderScramSecret } from "../../../../components/datastore/postgres/scram";
import { derivePassword, type StoreRecipe } from "../../../../components/datastore/recipe";
import { listFaults, recipeOf } from "../../../support/stores";

const secrets = { version: 3, current: "hunter2-hunter2-hunter2", administrator: "swordfish-swordfish" };

function resolve(postgres: PostgresArgs): StoreRecipe {
  return recipeOf("main", { engine: DatastoreEngine.Postgres, postgres });
}

function filesOf(postgres: PostgresArgs, title: string): Record<string, string> {
  const { servers, companions = [] } = resolve(postgres);
  const found = [...servers, ...companions].find((each) => each.title === title);
  return found?.files?.(secrets) ?? {};
}

test("keeps of a password what RFC 7677 says", () => {
  const text = renderScramSecret("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"));
  const [, serverKey = ""] =
    /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[\w+/]{43}=:(.*)$/.exec(text) ?? [];
  const exchange =
    "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const signature = createHmac("sha256", Buffer.from(serverKey, "base64")).update(exchange).digest("base64");
  expect(signature).toBe("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
});

test.each([
  ["postgres:17.2", "/var/lib/postgresql/17/docker"],
  ["registry.example.com/library/postgres:16-alpine", "/var/lib/postgresql/16/docker"],
  ["postgres:18.1", undefined],
  ["postgis/postgis:17-3.5", undefined],
])("the data of %s are in the datastore's volume", (image, folder) => {
  const args = { engine: DatastoreEngine.Postgres, image, postgres: { servers: 2 } };
  expect(recipeOf("main", args).servers.map(({ env }) => env?.PGDATA)).toEqual([folder, folder]);
});

describe("users", () => {
  const configure = resolve({}).configure(secrets);

  test("are made without their passwords, the same text each time", () => {
    expect(configure).toMatch(/ALTER ROLE app_v3 LOGIN PASSWORD 'SCRAM-SHA-256\$4096:[^']+';/);
    expect(configure).not.toMatch(/hunter2|swordfish/);
    expect(resolve({}).configure(secrets)).toBe(configure);
  });

  test("may use a database whose name is a word of SQL", () => {
    expect(resolve({ database: "order" }).configure(secrets)).toContain('ON DATABASE "order" TO app;');
  });

  test("of what is not there are locked out", () => {
    expect(configure).toContain("'ALTER ROLE flotilla_pooler NOLOGIN'");
    expect(configure).toContain("'ALTER ROLE flotilla_replica NOLOGIN'");
    expect(configure).toContain("pg_drop_replication_slot");
  });
});

describe("the pooler", () => {
  const { servers, companions, addresses = {}, configure, url } = resolve({ pooling: {} });
  const [pooler] = companions ?? [];

  test("answers to the datastore's name, and the server to a further address", () => {
    expect(pooler?.aliases).toContain("main");
    expect(servers.map(({ aliases }) => aliases)).toEqual([["main-1"]]);
    expect(url(secrets)).toBe(`postgresql://app_v3:${secrets.current}@main:5432/app`);
    expect(addresses.owner?.(secrets)).toBe(`postgresql://owner:${secrets.administrator}@main-1:5432/app`);
    expect(addresses.direct?.(secrets)).toBe(`postgresql://app_v3:${secrets.current}@main-1:5432/app`);
  });

  test("keeps no password but its own user's, and stays what it is when the application's changes", () => {
    const files = filesOf({ pooling: {} }, "pooler");
    const own = derivePassword(secrets, "flotilla_pooler");
    expect(files["/etc/flotilla/pgbouncer-users.txt"]).toBe(`"flotilla_pooler" "${own}"\n`);
    expect(JSON.stringify(files)).not.toMatch(/hunter2|swordfish/);
    expect(pooler?.files?.({ ...secrets, version: 4, current: "another-password" })).toEqual(files);
  });

  test("may look up what is kept of the application's passwords alone", () => {
    const script = configure(secrets);
    expect(script).toContain("SECURITY DEFINER");
    expect(script).toContain("rolname ~ '^app_v[0-9]+$'");
    expect(script).toContain("REVOKE ALL ON FUNCTION flotilla.find_login(text) FROM PUBLIC;");
  });

  test("lets transactions end, but not sessions", () => {
    const session = resolve({ pooling: { mode: PostgresPoolMode.Session } });
    expect(pooler?.stopSignal).toBe("SIGINT");
    expect(session.companions?.[0]?.stopSignal).toBe("SIGQUIT");
  });

  test("has the sizes that are set, and else those that the server allows", () => {
    const settings = (postgres: PostgresArgs) => filesOf(postgres, "pooler")["/etc/flotilla/pgbouncer.ini"];
    expect(settings({ pooling: { maxClients: 500, size: 7 } })).toMatch(
      /^app = .* pool_size=7$[^]*^max_client_conn = 500$/m,
    );
    expect(settings({ pooling: {} })).toContain("pool_size=20\n");
    expect(settings({ maxConnections: 20, pooling: {} })).toContain("dbname=app pool_size=5\n");
  });
});

describe("the replica", () => {
  const { servers, addresses = {}, configure } = resolve({ servers: 2 });

  test("is a second server with an address of its own, and leaves the first as it was", () => {
    const [first, second] = servers;
    const [alone] = resolve({}).servers;
    expect(JSON.stringify(first)).toBe(JSON.stringify(alone));
    expect(second).toMatchObject({ title: "server-2", aliases: ["main-2"], dataFolder: first.dataFolder });
    expect(addresses.read?.(secrets)).toBe(`postgresql://app_v3:${secrets.current}@main-2:5432/app`);
  });

  test("gets its user before it is started, and the users' script leaves that alone", () => {
    const script = servers[0].prepare?.(secrets) ?? "";
    expect(script).toContain("CREATE ROLE flotilla_replica LOGIN REPLICATION");
    expect(script).toContain("host replication flotilla_replica all scram-sha-256");
    expect(configure(secrets)).not.toContain("flotilla_replica");
  });

  test("has no password but its own user's", () => {
    const files = filesOf({ servers: 2 }, "server-2");
    expect(JSON.stringify(files)).not.toMatch(/hunter2|swordfish/);
    expect(files["/etc/flotilla/replica-password"]).toBe(
      `*:*:*:flotilla_replica:${derivePassword(secrets, "flotilla_replica")}\n`,
    );
    expect(JSON.stringify([servers[1]?.command, servers[1]?.env, servers[1]?.health])).not.toContain(
      derivePassword(secrets, "flotilla_replica"),
    );
  });
});

const remedy = "10 connections are left to administrators, and while a password changes there are two pools.";
// prettier-ignore
const cases: [string, unknown, string][] = [
  ["a pool that the server cannot serve", { pooling: { size: 50 } }, `postgres.pooling.size must be at most 45 where maxConnections is 100, got 50. ${remedy}`],
  ["a pooler before too few connections", { maxConnections: 11, pooling: {} }, `postgres.maxConnections must be 12 or more where there is a pooler, got 11. ${remedy}`],
  ["the name of the pooler's console", { database: "pgbouncer", pooling: {} }, 'postgres.database must have another name where there is a pooler, got "pgbouncer". This one is the pooler\'s own console.'],
  ["an unknown mode", { pooling: { mode: "statement" } }, 'postgres.pooling.mode must be for how long a client has a connection to the server, got "statement". Set transaction or session.'],
  ["a misspelt size", { pooling: { sice: 5 } }, 'postgres.pooling must have only known keys, got "sice". Did you mean size?'],
  ["three servers", { servers: 3 }, "postgres.servers must be 1 or 2, got 3. The second one follows the first, and answers what only reads."],
];

test.each(cases)("%s is refused", (_, postgres, message) => {
  expect(listFaults("main", { engine: "postgres", postgres })).toEqual([message]);
});
