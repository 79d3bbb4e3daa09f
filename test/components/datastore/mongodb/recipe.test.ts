import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DatastoreArgs, DatastoreEngine, type MongodbArgs } from "../../../../components";
import type { StoreSecrets } from "../../../../components/datastore/recipe";
import { FakeServers } from "../../../support/fake-mongosh";
import { listFaults, recipeOf } from "../../../support/stores";

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "flotilla-seeds-"));
beforeAll(() => {
  process.chdir(folder);
  writeFileSync("menus.js", "db.menus.insertOne({})\r\n");
  writeFileSync("prices.js", "db.prices.insertOne({})");
  writeFileSync("prices.sql", "");
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const secrets: StoreSecrets = {
  version: 1,
  current: "hunter2-hunter2-hunter2",
  administrator: "swordfish-swordfish",
};
const single: DatastoreArgs = { engine: DatastoreEngine.Mongodb };
const set: DatastoreArgs = { ...single, mongodb: { servers: 3 } };

describe("a single MongoDB", () => {
  const recipe = recipeOf("main", single);

  test("asks for passwords, and makes its administrator from a file", () => {
    expect(recipe.servers).toHaveLength(1);
    const [server] = recipe.servers;
    expect(server).toMatchObject({
      aliases: ["main", "main-1"],
      dataFolder: "/data/db",
      command: ["mongod", "--auth", "--bind_ip_all", "--quiet"],
      env: {
        MONGO_INITDB_ROOT_USERNAME: "administrator",
        MONGO_INITDB_ROOT_PASSWORD_FILE: "/etc/flotilla/administrator-password",
      },
    });
    expect(server.files?.(secrets)).toMatchObject({
      "/etc/flotilla/administrator-password": secrets.administrator,
    });
    expect(server.files?.(secrets)).not.toHaveProperty("/etc/flotilla/key");
  });

  test("is asked by a shell that does not outlive the question", () => {
    const [server] = recipe.servers;
    const [, seconds] = /^HOME=\/tmp timeout --signal=KILL (\d+) mongosh /.exec(server.health) ?? [];
    expect(Number(seconds)).toBeLessThan(server.healthTimes?.timeoutSeconds ?? 0);
  });

  test("is reached as a user of the application's database, and writes through the journal", () => {
    expect(recipe.url(secrets)).toBe(
      "mongodb://app_v1:hunter2-hunter2-hunter2@main:27017/app?authSource=app&journal=true",
    );
  });

  test("keeps the cache within the memory limit", () => {
    const cacheOf = (memoryMiB: number): string | undefined =>
      recipeOf("main", { ...single, limits: { memoryMiB } }).servers[0].command?.at(-1);
    expect([512, 1024, 2048, 8192].map(cacheOf)).toEqual(["0.25", "0.25", "0.75", "3.75"]);
  });
});

// Seen as text and with servers that are made up: no package registry has a MongoDB that replicates.
describe("a replica set of MongoDB", () => {
  const recipe = recipeOf("main", set);

  test("has three servers with one key that only the server may read", () => {
    expect(recipe.servers.map(({ title, aliases }) => [title, aliases])).toEqual([
      ["server", ["main", "main-1"]],
      ["server-2", ["main", "main-2"]],
      ["server-3", ["main", "main-3"]],
    ]);
    expect(new Set(recipe.servers.map(({ command }) => command?.join(" ")))).toEqual(
      new Set([
        'bash -c install -o mongodb -g mongodb -m 400 /etc/flotilla/key /run/mongodb.key && exec "$@" -- docker-entrypoint.sh mongod --replSet main --keyFile /run/mongodb.key --bind_ip_all --quiet',
      ]),
    );
    const keys = recipe.servers.map(({ files }) => files?.(secrets)["/etc/flotilla/key"]);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[A-Za-z0-9+/=]{6,1024}$/);
    expect(keys[0]).not.toContain(secrets.administrator);
  });

  test("gets its administrator from the first server alone", () => {
    expect(recipe.servers.map(({ env }) => env !== undefined)).toEqual([true, false, false]);
    const files = recipe.servers.map(({ files }) => Object.keys(files?.(secrets) ?? {}));
    expect(files.map((names) => names.includes("/etc/flotilla/administrator-password"))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("is reached at all of its servers, and writes to most of them", () => {
    expect(recipe.url(secrets)).toBe(
      "mongodb://app_v1:hunter2-hunter2-hunter2@main-1:27017,main-2:27017,main-3:27017/app?replicaSet=main&authSource=app&w=majority&journal=true",
    );
  });

  test("stays a set, and its first server may come back alone", () => {
    expect(recipe).toMatchObject({ keepsServerCount: true, quorum: 2 });
  });
});

describe("the setup", () => {
  let servers = new FakeServers();
  beforeEach(() => {
    servers = new FakeServers();
    servers.users["admin.administrator"] = { pwd: secrets.administrator, roles: ["root"] };
  });

  function setUp(mongodb: MongodbArgs = {}, known = secrets): number {
    const recipe = recipeOf("main", { ...single, mongodb });
    return servers.run(recipe.configure(known));
  }

  test("gives no password as an argument", () => {
    const script = recipeOf("main", set).configure(secrets);
    expect(script.split("\n")[0]).toBe(
      "HOME=/tmp mongosh --quiet --norc --nodb --file /dev/stdin >&2 <<'FLOTILLA_END'",
    );
  });

  test("makes a user who may read and write the application's database alone", () => {
    expect(setUp()).toBe(0);
    expect(servers.users["app.app_v1"]).toEqual({
      pwd: secrets.current,
      roles: [{ role: "readWrite", db: "app" }],
    });
    expect(servers.addresses.every((address) => address.includes("main:27017"))).toBe(true);
  });

  test("leaves the user of the password before, and no other one", () => {
    setUp();
    const changed = { ...secrets, version: 2, current: "second-second-second" };
    expect(setUp({}, changed)).toBe(0);
    expect(Object.keys(servers.users)).toEqual(["admin.administrator", "app.app_v1", "app.app_v2"]);
    expect(setUp({}, { ...changed, version: 3, current: "third-third-third-third" })).toBe(0);
    expect(Object.keys(servers.users)).toEqual(["admin.administrator", "app.app_v2", "app.app_v3"]);
  });

  test("signs in after the state was lost, by the password that is kept with the data", () => {
    setUp();
    const anew = { version: 1, current: "another-another-another", administrator: "new-swordfish-new" };
    expect(setUp({}, anew)).toBe(0);
    expect(servers.users["admin.administrator"]?.pwd).toBe(anew.administrator);
    expect(servers.users["app.app_v1"]?.pwd).toBe(anew.current);
    expect(servers.kept).toBe(anew.administrator);
    expect(setUp({}, anew)).toBe(0);
  });

  test("says so when neither password is right", () => {
    servers.users["admin.administrator"] = { pwd: "unknown", roles: [] };
    expect(setUp()).toBe(1);
    expect(servers.errors).toEqual([
      "The administrator has another password than the one of the stack, and the one that is kept with the data.",
    ]);
  });

  test("makes indexes with their fields in order, again without harm", () => {
    const indexes = {
      orders: [{ keys: ["customer", "-placedAt"] }, { keys: ["number"], unique: true, name: "numbers" }],
      sessions: [{ keys: ["at"], expireAfterSeconds: 60, sparse: true }],
    };
    expect(setUp({ database: "shop", indexes })).toBe(0);
    expect(setUp({ database: "shop", indexes })).toBe(0);
    expect([...servers.indexes]).toEqual([
      '["orders",{"customer":1,"placedAt":-1},{}]',
      '["orders",{"number":1},{"unique":true,"name":"numbers"}]',
      '["sessions",{"at":1},{"sparse":true,"expireAfterSeconds":60}]',
    ]);
  });

  test("names every index that cannot be made", () => {
    servers.conflicts = ["a_1_b_-1", "c"];
    expect(setUp({ indexes: { x: [{ keys: ["a", "-b"] }], y: [{ keys: ["c"], name: "c" }] } })).toBe(1);
    expect(servers.errors).toEqual([
      "The index a_1_b_-1 of x cannot be made: one with other options is there\nThe index c of y cannot be made: one with other options is there",
    ]);
  });

  test("runs each seed once, in order", () => {
    expect(setUp({ seeds: ["prices.js"] })).toBe(0);
    expect(setUp({ seeds: ["menus.js", "prices.js"] })).toBe(0);
    expect(servers.loaded).toEqual(["db.prices.insertOne({})", "db.menus.insertOne({})\n"]);
    expect(servers.seeds).toEqual(["prices.js", "menus.js"]);
  });

  test("stops at a seed that fails, and runs it again the next time", () => {
    servers.failing = "db.menus.insertOne({})\n";
    expect(setUp({ seeds: ["menus.js", "prices.js"] })).toBe(1);
    expect(servers.errors).toEqual(["The seed menus.js failed, and runs again the next time: boom"]);
    expect(servers.seeds).toEqual([]);
    servers.failing = undefined;
    expect(setUp({ seeds: ["menus.js", "prices.js"] })).toBe(0);
    expect(servers.seeds).toEqual(["menus.js", "prices.js"]);
  });

  test("initiates a replica set once, as soon as its members are there", () => {
    servers.initiationFailures = 2;
    expect(setUp({ servers: 3 })).toBe(0);
    expect(setUp({ servers: 3 })).toBe(0);
    const concern = { w: "majority" };
    const defaults = { setDefaultRWConcern: 1, defaultWriteConcern: concern, writeConcern: concern };
    expect(servers.commands).toEqual([
      {
        replSetInitiate: {
          _id: "main",
          members: [1, 2, 3].map((number) => ({ _id: number - 1, host: `main-${number}:27017` })),
        },
      },
      defaults,
      defaults,
    ]);
    expect(servers.addresses.at(-1)).toBe(
      "app_v1@main-1:27017,main-2:27017,main-3:27017/app?authSource=app&replicaSet=main",
    );
  });

  test("says why a replica set cannot be initiated", () => {
    servers.initiationFailures = 1000;
    expect(setUp({ servers: 3 })).toBe(1);
    expect(servers.errors).toEqual(["The replica set cannot be initiated. a member is not reachable"]);
  });
});

const mongodb = (settings: object): object => ({ ...single, mongodb: settings });
// prettier-ignore
const cases: [string, object, string][] = [
  ["two servers", mongodb({ servers: 2 }), "mongodb.servers must be 1 or 3, got 2. Of two, none can go on when the other is gone."],
  ["a database of MongoDB itself", mongodb({ database: "admin" }), 'mongodb.database must be no database of MongoDB itself, got "admin". Set another name, like app.'],
  ["fields that are no list", mongodb({ indexes: { orders: [{ keys: { customer: 1 } }] } }), 'mongodb.indexes.orders[0].keys must be a list of fields, one at least, got an object.'],
  ["a field that is a number", mongodb({ indexes: { orders: [{ keys: ["-1"] }] } }), 'mongodb.indexes.orders[0].keys[0] must be a field, with a hyphen in front for the other direction, got "-1". Write it like customer or -placedAt; indexes of other kinds are made by a script of seeds.'],
  ["a collection of the system", mongodb({ indexes: { "system.users": [{ keys: ["a"] }] } }), 'mongodb.indexes["system.users"] must be the name of a collection of the application, got "system.users". Names have letters, digits, underscores, dots and hyphens, and start with a letter.'],
  ["a seed that is not there", mongodb({ seeds: ["menu.js"] }), `mongodb.seeds[0] must be a file that is there, got "menu.js". It is looked for from ${folder}.`],
  ["a seed outside of the project", mongodb({ seeds: ["../menus.js"] }), 'mongodb.seeds[0] must be a file in the project\'s folder, got "../menus.js". Write it relative to that folder, like seed/menus.js.'],
  ["a seed that is no script", mongodb({ seeds: ["prices.sql"] }), 'mongodb.seeds[0] must be a script of mongosh, got "prices.sql". Its name ends with .js.'],
  ["a seed twice", mongodb({ seeds: ["menus.js", "menus.js"] }), 'mongodb.seeds[1] must be named once, got "menus.js". A script runs once: give what shall run again a file of its own.'],
  ["too little memory", { ...single, limits: { memoryMiB: 256 } }, "limits.memoryMiB must be 512 or more where engine is mongodb, got 256. Its cache takes 256 MiB at least, and the health check needs memory too."],
  ["settings for another engine", { engine: DatastoreEngine.Redis, mongodb: {} }, "mongodb must be left out where engine is redis, got an object. Remove it, or change the engine."],
];

test.each(cases)("%s is refused", (_, args, message) => {
  expect(listFaults("main", args)).toEqual([message]);
});
